import { randomUUID } from 'node:crypto';
import type { CallHandle } from '../leg/call-handle.ts';
import type { CallServices } from '../leg/call-services.ts';
import { readTwiml, type TwimlDocument } from '../twiml/twiml-document.ts';
import type { FormFields } from '../webhook/signature.ts';
import { checkAnswer, DocumentFault } from './document-answer.ts';
import { type DocumentSource, type DuplicateWebhooks, type Fallback, getOrPost } from './document-source.ts';

export interface LoadedDocument {
  readonly document: TwimlDocument;
  /** Relative URLs resolve against it; null for TwiML that came without a URL. */
  readonly baseUrl: string | null;
}

/** Fetches the documents of one call: requests and checks them, and uses the fallback. */
export class DocumentLoader {
  private readonly call: CallHandle;
  private readonly services: CallServices;
  private readonly duplicates: DuplicateWebhooks | null;
  fallback: Fallback | null;

  constructor(
    call: CallHandle,
    services: CallServices,
    fallback: Fallback | null,
    duplicates: DuplicateWebhooks | null,
  ) {
    this.call = call;
    this.services = services;
    this.fallback = fallback;
    this.duplicates = duplicates;
  }

  /** Throws `DocumentFault` when there is no usable document. */
  async load(source: DocumentSource): Promise<LoadedDocument> {
    if (source.kind === 'twiml') return this.read(source.twiml, source.baseUrl);
    const fields = { ...this.call.fields(), ...source.fields };
    const duplicates = (this.duplicates?.purposes ?? ['voice']).includes(source.purpose)
      ? this.duplicates
      : null;
    const twiml = duplicates
      ? await this.fetchDuplicated(source, fields, duplicates)
      : await this.fetch(source, fields, randomUUID());
    return this.read(twiml, source.url);
  }

  /**
   * Loads the fallback of a document that failed. Throws the fault when there is none, `DocumentFault` when
   * it fails, too.
   */
  async loadFallback(fault: DocumentFault): Promise<LoadedDocument> {
    const { fallback } = this;
    if (!fallback) throw fault;
    if ('twiml' in fallback) return this.read(fallback.twiml, null);
    const fields = { ErrorCode: String(fault.code), ErrorUrl: fault.url };
    return this.load({
      kind: 'url',
      url: fallback.url,
      method: getOrPost(fallback.method),
      purpose: 'fallback',
      fields,
    });
  }

  private read(twiml: string, url: string | null): LoadedDocument {
    const reading = readTwiml(twiml);
    this.call.journal.add({ kind: 'document', url, twiml });
    if (!reading.ok) throw new DocumentFault(reading.code, reading.detail, url ?? '');
    for (const issue of reading.document.issues) this.call.journal.error(issue.code, issue.detail);
    return { document: reading.document, baseUrl: url };
  }

  private async fetch(
    source: DocumentSource & { kind: 'url' },
    fields: FormFields,
    token: string,
  ): Promise<string> {
    const outcome = await this.call.request(source.purpose, {
      url: source.url,
      method: source.method,
      fields,
      idempotencyToken: token,
    });
    return checkAnswer(outcome, source.url);
  }

  private async fetchDuplicated(
    source: DocumentSource & { kind: 'url' },
    fields: FormFields,
    faults: DuplicateWebhooks,
  ): Promise<string> {
    const token = randomUUID();
    const copies = Math.max(1, Math.min(5, faults.copies));
    if (faults.order === 'sequential') {
      const first = await this.fetch(source, fields, token);
      this.call.track(this.repeat(source, fields, token, copies - 1, first));
      return first;
    }
    const spreadMs = faults.order === 'shuffled' ? 50 : 0;
    const answers = Array.from({ length: copies }, async () => {
      if (spreadMs > 0)
        await this.call.sleepWhileAlive(this.services.random() * spreadMs * this.services.speed);
      return this.fetch(source, fields, token);
    });
    const first = await Promise.any(answers).catch((error: AggregateError) =>
      Promise.reject(error.errors[0] as DocumentFault),
    );
    let isFirst = true;
    for (const answer of answers) {
      this.call.track(
        answer.then(
          (twiml) => {
            if (isFirst && twiml === first) isFirst = false;
            else this.compare(twiml, first, source.url);
          },
          (fault: DocumentFault) => this.call.journal.error(fault.code, `duplicate: ${fault.message}`),
        ),
      );
    }
    return first;
  }

  private async repeat(
    source: DocumentSource & { kind: 'url' },
    fields: FormFields,
    token: string,
    times: number,
    first: string,
  ): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      try {
        this.compare(await this.fetch(source, fields, token), first, source.url);
      } catch (error) {
        if (!(error instanceof DocumentFault)) throw error;
        this.call.journal.error(error.code, `duplicate: ${error.message}`);
      }
    }
  }

  /** A duplicate with a different response takes the call over, and its stream ends the first one's. */
  private compare(twiml: string, first: string, url: string): void {
    const isIdentical = twiml === first;
    this.call.journal.add({ kind: 'duplicate-answer', isIdentical, twiml });
    if (!isIdentical && !this.call.hasEnded) this.call.redirect({ kind: 'twiml', twiml, baseUrl: url });
  }
}
