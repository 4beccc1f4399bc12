import { DocumentFault } from '../documents/document-answer.ts';
import type { DocumentLoader, LoadedDocument } from '../documents/document-loader.ts';
import type { RunEnd, RunMode } from '../documents/document-run.ts';
import type { DocumentSource } from '../documents/document-source.ts';
import type { CallHandle } from '../leg/call-handle.ts';
import type { CallServices } from '../leg/call-services.ts';
import type { TwimlElement } from '../twiml/twiml-document.ts';
import { speak } from '../verbs/speech-verbs.ts';
import type { Step } from '../verbs/step.ts';
import { Interrupted, VerbRun } from '../verbs/verb-run.ts';
import { VERBS } from '../verbs/verb-table.ts';

/** Bounds a call whose documents redirect in a circle; Twilio cuts loops, too. */
const MAX_DOCUMENTS = 500;

const APPLICATION_ERROR = 'We are sorry. An application error has occurred. Goodbye.';

/** Runs documents on one leg: verbs in order, from document to document, until the end or a hang-up. */
export class Interpreter {
  private readonly call: CallHandle;
  private readonly services: CallServices;
  private readonly loader: DocumentLoader;
  private readonly mode: RunMode;

  constructor(call: CallHandle, services: CallServices, loader: DocumentLoader, mode: RunMode) {
    this.call = call;
    this.services = services;
    this.loader = loader;
    this.mode = mode;
  }

  async run(source: DocumentSource, signal: AbortSignal): Promise<RunEnd> {
    try {
      return await this.follow(source, signal);
    } catch (error) {
      if (error instanceof Interrupted) return { kind: 'interrupted' };
      throw error;
    }
  }

  private async follow(first: DocumentSource, signal: AbortSignal): Promise<RunEnd> {
    let source = first;
    for (let documents = 0; documents < MAX_DOCUMENTS; documents += 1) {
      const step = await this.step(source, signal);
      if (step instanceof DocumentFault) return this.apologise(signal);
      if (step.kind !== 'fetch') return endOf(step);
      source = step.source;
    }
    return { kind: 'hangup', cause: 'application-error' };
  }

  /** Runs the document of a source, or its fallback. */
  private async step(source: DocumentSource, signal: AbortSignal): Promise<Step | DocumentFault> {
    const step = await this.attempt(() => this.loader.load(source), signal);
    if (!(step instanceof DocumentFault) || !this.mayFallBack(source)) return step;
    return this.attempt(() => this.loader.loadFallback(step), signal, step);
  }

  private async attempt(
    load: () => Promise<LoadedDocument>,
    signal: AbortSignal,
    known?: DocumentFault,
  ): Promise<Step | DocumentFault> {
    try {
      const loaded = await load();
      if (signal.aborted) throw new Interrupted();
      return await this.play(loaded, signal);
    } catch (error) {
      if (!(error instanceof DocumentFault)) throw error;
      if (signal.aborted) throw new Interrupted();
      if (error !== known) this.call.journal.error(error.code, error.message);
      return error;
    }
  }

  private mayFallBack(source: DocumentSource): boolean {
    return (
      this.mode === 'call' &&
      (source.kind === 'twiml' ||
        source.purpose === 'voice' ||
        this.services.behaviour.fallbackForLaterDocuments)
    );
  }

  private async play(loaded: LoadedDocument, signal: AbortSignal): Promise<Step> {
    const run = new VerbRun({
      call: this.call,
      services: this.services,
      mode: this.mode,
      baseUrl: loaded.baseUrl,
      signal,
    });
    for (const element of loaded.document.verbs) {
      const step = await this.perform(element, run);
      if (step.kind !== 'next') return step;
    }
    if (loaded.document.verbs.length === 0) this.call.answer();
    return { kind: 'finished' };
  }

  private async perform(element: TwimlElement, run: VerbRun): Promise<Step> {
    const verb = VERBS.get(element.name);
    if (!verb) return { kind: 'next' };
    if (!verb.modes.includes(this.mode)) {
      this.call.journal.error(
        12_200,
        `line ${element.line}: <${element.name}> is not allowed in this document`,
      );
      return { kind: 'next' };
    }
    this.call.journal.add({ kind: 'verb', name: element.name });
    if (verb.answers(element)) this.call.answer();
    return verb.perform(element, run);
  }

  private async apologise(signal: AbortSignal): Promise<RunEnd> {
    if (this.mode !== 'call') return { kind: 'hangup', cause: 'application-error' };
    const run = new VerbRun({
      call: this.call,
      services: this.services,
      mode: this.mode,
      baseUrl: null,
      signal,
    });
    this.call.answer();
    await speak(APPLICATION_ERROR, run);
    return { kind: 'hangup', cause: 'application-error' };
  }
}

function endOf(step: Exclude<Step, { kind: 'fetch' }>): RunEnd {
  switch (step.kind) {
    case 'hangup':
      return { kind: 'hangup', cause: 'hangup-verb' };
    case 'reject':
      return { kind: 'rejected', isBusy: step.isBusy };
    case 'leave':
      return { kind: 'left-queue' };
    case 'next':
    case 'finished':
      return { kind: 'finished' };
  }
}
