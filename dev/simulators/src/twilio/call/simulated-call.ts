import type { Timer } from '@tandem/kit';
import { randomUUID } from 'node:crypto';
import { drawLink, type LinkSettings } from '../../link/link.ts';
import { makeSid } from '../sids.ts';
import type { MediaStream } from '../stream/media-stream.ts';
import type { RunMode } from '../verbs/verb-run.ts';
import type { FormFields } from '../webhook/signature.ts';
import type { HttpMethod, WebhookOutcome } from '../webhook/webhook-client.ts';
import { standardFields } from './call-fields.ts';
import { CallJournal, type CallListener } from './call-journal.ts';
import type { CallDirection, CallEndCause, CallReport, CallStatus, WebhookPurpose } from './call-report.ts';
import type { CallServices } from './call-services.ts';
import { CallStreams } from './call-streams.ts';
import { DocumentLoader } from './document-loader.ts';
import type { DocumentSource, DuplicateWebhooks, Fallback } from './document-source.ts';
import { Interpreter, type RunEnd } from './interpreter.ts';
import { Line } from './line.ts';
import {
  type CallbackFaults,
  CallbackSender,
  type ProgressEvent,
  type StatusCallbackConfig,
} from './status-callbacks.ts';

export interface LegOptions {
  readonly direction: CallDirection;
  readonly from: string;
  readonly to: string;
  readonly sid?: string;
  readonly parent?: SimulatedCall;
  readonly fallback?: Fallback | null;
  readonly statusCallback?: StatusCallbackConfig | null;
  readonly callbackFaults?: CallbackFaults;
  readonly duplicates?: DuplicateWebhooks | null;
  /** Sent with every request about this call, on top of the standard fields. */
  readonly extraFields?: FormFields;
  /** Longest time from answer to end, in simulated ms. */
  readonly timeLimitMs?: number;
  readonly isRecording?: boolean;
  readonly maxRecordingMs?: number;
}

export interface WaitOptions {
  /** Default 10 s, real time. */
  readonly timeoutMs?: number;
}

const MAX_CALL_MS = 4 * 3600 * 1000;
const MAX_RECORDING_MS = 600_000;
const WAIT_MS = 10_000;

const EVENT_OF_STATUS: Readonly<Partial<Record<CallStatus, ProgressEvent>>> = {
  initiated: 'initiated',
  ringing: 'ringing',
  'in-progress': 'answered',
};

const SIP_CODES: Readonly<Partial<Record<CallStatus, string>>> = {
  completed: '200',
  busy: '486',
  'no-answer': '480',
  canceled: '487',
  failed: '404',
};

/** One leg of a call: its state, its line, its documents. What a test or a scenario holds in its hand. */
export class SimulatedCall {
  readonly sid: string;
  readonly accountSid: string;
  readonly parentCallSid: string | null;
  readonly direction: CallDirection;
  readonly from: string;
  readonly to: string;
  readonly journal: CallJournal;
  /** To the platform, with the round trip of this call. */
  readonly link: LinkSettings;
  readonly line: Line;
  readonly streams: CallStreams;
  /**
   * Settles with the report when the call is over and every callback about it was delivered. Never rejects.
   */
  readonly ended: Promise<CallReport>;
  private readonly services: CallServices;
  private readonly options: LegOptions;
  private readonly loader: DocumentLoader;
  private readonly pending = new Set<Promise<unknown>>();
  private readonly finalReport = Promise.withResolvers<CallReport>();
  private currentStatus: CallStatus;
  private callbacks: CallbackSender | null;
  private endedBy: CallEndCause | null = null;
  private answeredAtMs: number | null = null;
  private endedAtMs: number | null = null;
  private run: AbortController | null = null;
  private left = Promise.withResolvers<void>();
  private wasRedirected = false;
  private timeLimit: Timer | null = null;
  /** `AnsweredBy` of synchronous machine detection. */
  answeredBy: string | null = null;

  constructor(services: CallServices, options: LegOptions) {
    this.services = services;
    this.options = options;
    this.sid = options.sid ?? makeSid('CA');
    this.accountSid = services.accountSid;
    this.parentCallSid = options.parent?.sid ?? null;
    this.direction = options.direction;
    this.from = options.from;
    this.to = options.to;
    this.journal = new CallJournal(services.clock);
    this.link = drawLink(services.link, services.random);
    this.currentStatus = options.direction === 'inbound' ? 'ringing' : 'queued';
    this.ended = this.finalReport.promise;
    this.line = new Line({
      journal: this.journal,
      ticker: services.ticker,
      ear: services.ear,
      isRecording: options.isRecording ?? false,
      maxRecordingMs: options.maxRecordingMs ?? MAX_RECORDING_MS,
    });
    this.streams = new CallStreams(this.line);
    this.loader = new DocumentLoader(this, services, options.fallback ?? null, options.duplicates ?? null);
    this.callbacks = options.statusCallback ? this.makeCallbacks(options.statusCallback) : null;
  }

  get status(): CallStatus {
    return this.currentStatus;
  }

  get isAnswered(): boolean {
    return this.answeredAtMs !== null;
  }

  get hasEnded(): boolean {
    return this.endedBy !== null;
  }

  /** Whole seconds from answer to end; 0 when it was never answered. */
  get durationS(): number {
    if (this.answeredAtMs === null) return 0;
    return Math.round(((this.endedAtMs ?? this.journal.nowMs) - this.answeredAtMs) / 1000);
  }

  /** How often each callback about this call is delivered. */
  get callbackCopies(): number {
    return this.options.callbackFaults?.copies ?? 1;
  }

  /** The open bidirectional stream. */
  get stream(): MediaStream | null {
    return this.streams.current;
  }

  /**
   * Settles when this leg ends or is given another document by REST: whoever is bridged to it is alone again.
   */
  get leftDocument(): Promise<void> {
    return this.left.promise;
  }

  // The far end of this leg: the caller of an inbound call, the callee of an outbound one.

  /**
   * Speaks in real time, after what is being said already. Resolves when it was said; false when the call
   * ended before.
   */
  say(mulaw: Uint8Array, options: { readonly text?: string } = {}): Promise<boolean> {
    return this.line.say(mulaw, options.text ?? null);
  }

  /** Presses keys, one after the other: 0-9, *, #, A-D. */
  press(digits: string): void {
    for (const digit of digits) this.line.press(digit);
  }

  hangup(): void {
    this.end(
      'hangup-by-party',
      this.isAnswered ? 'completed' : this.direction === 'inbound' ? 'no-answer' : 'canceled',
    );
  }

  /**
   * Resolves with the ms from the start of the call at which the agent's speech began, once it has lasted
   * `forMs`. Rejects with `WaitError`.
   */
  waitForSpeech(options: WaitOptions & { readonly forMs?: number } = {}): Promise<number> {
    return this.line.waitForSpeech(options.forMs ?? 0, options.timeoutMs ?? WAIT_MS);
  }

  /** Resolves once the agent has been silent for so long. Rejects with `WaitError`. */
  waitForSilence(silenceMs: number, options: WaitOptions = {}): Promise<number> {
    return this.line.waitForSilence(silenceMs, options.timeoutMs ?? WAIT_MS);
  }

  /** Hears every entry of the timeline from now on. Returns the way to stop. */
  listen(listener: CallListener): () => void {
    return this.journal.listen(listener);
  }

  report(): CallReport {
    const { sid, parentCallSid, direction, from, to, status, journal, line } = this;
    return {
      callSid: sid,
      parentCallSid,
      direction,
      from,
      to,
      status,
      endedBy: this.endedBy,
      startedAt: journal.startedAt,
      roundTripMs: this.link.roundTripMs[0],
      answeredAtMs: this.answeredAtMs,
      endedAtMs: this.endedAtMs,
      timeline: [...journal.entries],
      timelineDropped: journal.dropped,
      errors: [...journal.errors],
      said: journal.entries.flatMap((entry) => (entry.kind === 'said' ? [entry.text] : [])),
      documents: journal.entries.flatMap((entry) => (entry.kind === 'document' ? [entry.twiml] : [])),
      streams: this.streams.reports,
      timing: line.timing(),
      recording: line.recording(),
    };
  }

  // Twilio's end of this leg: used by the interpreter, the verbs and the REST API.

  /** Starts on a first document. Returns at once. */
  begin(source: DocumentSource): void {
    this.track(this.play(source));
  }

  /** Takes the running document away, its stream with it, and goes on with another one. */
  redirect(source: DocumentSource): void {
    if (this.hasEnded) return;
    this.wasRedirected = true;
    const left = this.left;
    this.left = Promise.withResolvers<void>();
    left.resolve();
    this.track(this.play(source));
  }

  /** Runs a document for this leg's ears beside its own: a whisper, or what is heard in a queue. */
  async hear(source: DocumentSource, mode: RunMode, signal: AbortSignal): Promise<RunEnd> {
    const own = new AbortController();
    void this.leftDocument.then(() => own.abort());
    if (this.hasEnded) return { kind: 'interrupted' };
    return new Interpreter(this, this.services, this.loader, mode).run(
      source,
      AbortSignal.any([signal, own.signal]),
    );
  }

  fields(): FormFields {
    return {
      ...standardFields(this, this.currentStatus),
      ...(this.answeredBy !== null && { AnsweredBy: this.answeredBy }),
      ...this.options.extraFields,
    };
  }

  /** Requests a URL about this call and notes how it went. */
  async request(
    purpose: WebhookPurpose,
    webhook: {
      readonly url: string;
      readonly method: HttpMethod;
      readonly fields: FormFields;
      readonly idempotencyToken?: string;
    },
  ): Promise<WebhookOutcome> {
    const sentMs = this.journal.nowMs;
    // Connecting takes one round trip, the question and its answer another.
    const [roundTripMs] = this.link.roundTripMs;
    await this.travel(roundTripMs * 1.5);
    const outcome = await this.services.webhooks.request({ idempotencyToken: randomUUID(), ...webhook });
    await this.travel(roundTripMs / 2);
    const { url, method, fields } = webhook;
    const httpStatus = outcome.kind === 'answered' ? outcome.status : 0;
    this.journal.add({
      kind: 'webhook',
      purpose,
      url,
      method,
      fields,
      httpStatus,
      attempts: outcome.attempts,
      tookMs: this.journal.nowMs - sentMs,
    });
    return outcome;
  }

  /** The report waits for this piece of work. */
  track(work: Promise<unknown>): void {
    this.pending.add(work);
    void work.finally(() => this.pending.delete(work));
  }

  /** Simulated ms; cut short when the call ends. */
  async sleepWhileAlive(ms: number): Promise<void> {
    const { clock, speed } = this.services;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(ms / speed, resolve);
    const alive = this.aliveUntil();
    await Promise.race([promise, alive]);
    timer.cancel();
  }

  /** What a REST update may change besides the document. */
  reconfigure(change: {
    readonly fallback?: Fallback;
    readonly statusCallback?: StatusCallbackConfig;
    readonly timeLimitMs?: number;
  }): void {
    if (change.fallback) this.loader.fallback = change.fallback;
    if (change.statusCallback) this.callbacks = this.makeCallbacks(change.statusCallback);
    if (change.timeLimitMs !== undefined) this.limitTime(change.timeLimitMs);
  }

  setStatus(status: CallStatus): void {
    if (this.hasEnded || this.currentStatus === status) return;
    this.changeStatus(status);
  }

  /** An inbound call begins in `ringing`; this tells those who asked. */
  announceRinging(): void {
    this.journal.add({ kind: 'status', status: this.currentStatus });
    this.callbacks?.fire('ringing', this.fields());
  }

  answer(): void {
    if (this.isAnswered || this.hasEnded) return;
    this.answeredAtMs = this.journal.nowMs;
    this.limitTime(this.options.timeLimitMs ?? MAX_CALL_MS);
    this.line.open();
    this.changeStatus('in-progress');
  }

  /** Ends the call, once; later ends change nothing. */
  end(cause: CallEndCause, status: CallStatus): void {
    if (this.hasEnded) return;
    this.endedBy = cause;
    this.endedAtMs = this.journal.nowMs;
    this.timeLimit?.cancel();
    this.run?.abort();
    this.left.resolve();
    this.streams.close();
    this.line.close();
    this.changeStatus(status);
    this.journal.add({ kind: 'ended', cause, status });
    void this.finish();
  }

  /** The `<Dial>` that made this leg is over; a leg that was redirected by REST lives on alone. */
  endDialled(): void {
    if (!this.wasRedirected) this.end('dial-ended', this.isAnswered ? 'completed' : 'canceled');
  }

  bridgeWith(other: SimulatedCall): void {
    this.journal.add({ kind: 'bridged', withCallSid: other.sid });
    other.journal.add({ kind: 'bridged', withCallSid: this.sid });
  }

  /** Counts from the answer. */
  private limitTime(limitMs: number): void {
    this.timeLimit?.cancel();
    const talkedMs = this.journal.nowMs - (this.answeredAtMs ?? this.journal.nowMs);
    const leftMs = Math.max(0, Math.min(limitMs, MAX_CALL_MS) / this.services.speed - talkedMs);
    this.timeLimit = this.services.clock.after(leftMs, () => this.end('time-limit', 'completed'));
  }

  private async play(source: DocumentSource): Promise<void> {
    this.run?.abort();
    const run = new AbortController();
    this.run = run;
    const end = await new Interpreter(this, this.services, this.loader, 'call').run(source, run.signal);
    if (this.run !== run || this.hasEnded) return;
    this.conclude(end);
  }

  private conclude(end: RunEnd): void {
    switch (end.kind) {
      case 'interrupted':
        return;
      case 'rejected':
        return this.end('rejected', end.isBusy ? 'busy' : 'no-answer');
      case 'hangup':
        return this.end(end.cause, 'completed');
      case 'finished':
      case 'left-queue':
        return this.end('document-end', 'completed');
    }
  }

  private changeStatus(status: CallStatus): void {
    this.currentStatus = status;
    this.journal.add({ kind: 'status', status });
    const event = EVENT_OF_STATUS[status] ?? 'completed';
    this.callbacks?.fire(
      event,
      event === 'completed' ? { ...this.fields(), ...this.closingFields() } : this.fields(),
    );
  }

  private closingFields(): FormFields {
    const sipCode = SIP_CODES[this.currentStatus];
    return {
      CallDuration: String(this.durationS),
      Duration: String(Math.ceil(this.durationS / 60)),
      ...(sipCode !== undefined && { SipResponseCode: sipCode }),
    };
  }

  private makeCallbacks(config: StatusCallbackConfig): CallbackSender {
    const { clock, random } = this.services;
    return new CallbackSender({
      config,
      faults: this.options.callbackFaults ?? {},
      clock,
      random,
      send: async (url, method, fields, idempotencyToken) => {
        const outcome = await this.request('status', { url, method, fields, idempotencyToken });
        if (outcome.kind === 'failed') this.journal.error(outcome.code, `status callback: ${outcome.detail}`);
      },
    });
  }

  private async travel(ms: number): Promise<void> {
    if (ms > 0) await new Promise<void>((resolve) => this.services.clock.after(ms, resolve));
  }

  private async aliveUntil(): Promise<void> {
    while (!this.hasEnded) await this.leftDocument;
  }

  private async finish(): Promise<void> {
    await this.callbacks?.finish();
    while (this.pending.size > 0) await Promise.allSettled([...this.pending]);
    this.finalReport.resolve(this.report());
  }
}
