import { DocumentFault } from '../documents/document-answer.ts';
import type { RunMode } from '../documents/document-run.ts';
import { getOrPost } from '../documents/document-source.ts';
import type { CallHandle } from '../leg/call-handle.ts';
import type { WebhookPurpose } from '../leg/call-report.ts';
import type { CallServices } from '../leg/call-services.ts';
import type { TwimlElement } from '../twiml/twiml-document.ts';
import type { FormFields } from '../webhook/signature.ts';
import { NEXT, type Step } from './step.ts';

export interface Verb {
  readonly modes: readonly RunMode[];
  /** Twilio picks up before this verb. */
  answers(element: TwimlElement): boolean;
  perform(element: TwimlElement, run: VerbRun): Step | Promise<Step>;
}

/** The document a verb belongs to is no longer wanted: the call ended or was given another one. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

interface VerbRunOptions {
  readonly call: CallHandle;
  readonly services: CallServices;
  readonly mode: RunMode;
  readonly baseUrl: string | null;
  readonly signal: AbortSignal;
}

/**
 * One running document, as its verbs use it. Every wait ends with `Interrupted` when the document is
 * replaced.
 */
export class VerbRun {
  private readonly options: VerbRunOptions;
  private readonly interrupted: Promise<never>;

  constructor(options: VerbRunOptions) {
    this.options = options;
    const { signal } = options;
    this.interrupted = new Promise((_, reject) => {
      if (signal.aborted) reject(new Interrupted());
      else signal.addEventListener('abort', () => reject(new Interrupted()), { once: true });
    });
    this.interrupted.catch(() => undefined);
  }

  get call(): CallHandle {
    return this.options.call;
  }

  get services(): CallServices {
    return this.options.services;
  }

  get mode(): RunMode {
    return this.options.mode;
  }

  get signal(): AbortSignal {
    return this.options.signal;
  }

  get baseUrl(): string | null {
    return this.options.baseUrl;
  }

  /** Returns the same run under a signal of its own, for a part that may be aborted alone. */
  under(signal: AbortSignal): VerbRun {
    return new VerbRun({ ...this.options, signal: AbortSignal.any([this.signal, signal]) });
  }

  /** Waits for a promise or the interruption. */
  until<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.interrupted]);
  }

  /** Simulated ms, shorter by the speed factor. */
  sleep(ms: number): Promise<void> {
    return this.sleepReal(ms / this.services.speed);
  }

  /** Real ms, for what belongs to the media side. */
  async sleepReal(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.services.clock.after(ms, resolve);
    try {
      await this.until(promise);
    } finally {
      timer.cancel();
    }
  }

  /** Waits for a promise for at most `ms` of simulated time; returns null after it. */
  async untilTimeout<T>(promise: Promise<T>, ms: number): Promise<T | null> {
    const { promise: over, resolve } = Promise.withResolvers<null>();
    const timer = this.services.clock.after(ms / this.services.speed, () => resolve(null));
    try {
      return await this.until(Promise.race([promise, over]));
    } finally {
      timer.cancel();
    }
  }

  /** Resolves a URL against the document's. Throws `DocumentFault` 11100 for an invalid one. */
  resolve(url: string): string {
    const base = this.baseUrl ?? undefined;
    if (!URL.canParse(url, base))
      throw new DocumentFault(
        11_100,
        `"${url}" is not a URL${base ? '' : ' and there is none to resolve it against'}`,
        url,
      );
    return new URL(url, base).href;
  }

  fetch(purpose: WebhookPurpose, url: string, method: string | undefined, fields: FormFields): Step {
    return {
      kind: 'fetch',
      source: { kind: 'url', url: this.resolve(url), method: getOrPost(method), purpose, fields },
    };
  }

  /** An `action`: its document comes next; without one, the next verb. */
  action(element: TwimlElement, fields: FormFields): Step {
    const { action, method } = element.attributes;
    return action === undefined ? NEXT : this.fetch('action', action, method, fields);
  }

  /** Requests an `action` of a verb that is over for this call; the answer is not run. */
  notify(element: TwimlElement, fields: FormFields): void {
    const { action, method } = element.attributes;
    if (action === undefined) return;
    const request = {
      url: this.resolve(action),
      method: getOrPost(method),
      fields: { ...this.call.fields(), ...fields },
    };
    this.call.track(this.call.request('action', request).then(() => undefined));
  }
}
