import { randomUUID } from 'node:crypto';
import type { Timer } from '@tandem/kit';
import { drawLink, type LinkSettings } from '../../link/link.ts';
import { DocumentLoader } from '../documents/document-loader.ts';
import type { RunEnd, RunMode } from '../documents/document-run.ts';
import type { DocumentSource } from '../documents/document-source.ts';
import { standardFields } from '../leg/call-fields.ts';
import type { CallChange, CallHandle, CallWebhook, LegOptions, WaitOptions } from '../leg/call-handle.ts';
import { CallJournal, type CallListener } from '../leg/call-journal.ts';
import type {
  CallDirection,
  CallEndCause,
  CallReport,
  CallStatus,
  WebhookPurpose,
} from '../leg/call-report.ts';
import type { CallServices } from '../leg/call-services.ts';
import { CallStreams } from '../leg/call-streams.ts';
import { Line } from '../leg/line.ts';
import type { StatusCallbackConfig } from '../leg/status-callbacks.ts';
import { makeSid } from '../reference/sids.ts';
import type { MediaStream } from '../stream/media-stream.ts';
import type { FormFields } from '../webhook/signature.ts';
import type { WebhookOutcome } from '../webhook/webhook-client.ts';
import { CallProgress } from './call-progress.ts';
import { Interpreter } from './interpreter.ts';

const MAX_CALL_MS = 4 * 3600 * 1000;
const MAX_RECORDING_MS = 600_000;
/** Ends a wait for what never comes; an agent may speak for longer than ten seconds. */
const WAIT_MS = 30_000;

/** One leg of a call: its state, its line, its documents. */
export class SimulatedCall implements CallHandle {
  readonly sid: string;
  readonly accountSid: string;
  readonly parentCallSid: string | null;
  readonly direction: CallDirection;
  readonly from: string;
  readonly to: string;
  readonly journal: CallJournal;
  readonly link: LinkSettings;
  readonly line: Line;
  readonly streams: CallStreams;
  readonly ended: Promise<CallReport>;
  private readonly services: CallServices;
  private readonly options: LegOptions;
  private readonly loader: DocumentLoader;
  private readonly pending = new Set<Promise<unknown>>();
  private readonly finalReport = Promise.withResolvers<CallReport>();
  private readonly progress: CallProgress;
  private endedBy: CallEndCause | null = null;
  private answeredAtMs: number | null = null;
  private endedAtMs: number | null = null;
  private run: AbortController | null = null;
  private left = Promise.withResolvers<void>();
  private wasRedirected = false;
  private timeLimit: Timer | null = null;
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
    this.progress = new CallProgress(options.direction === 'inbound' ? 'ringing' : 'queued', {
      journal: this.journal,
      fields: () => this.fields(),
      durationS: () => this.durationS,
    });
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
    if (options.statusCallback) this.sendCallbacks(options.statusCallback);
  }

  get status(): CallStatus {
    return this.progress.status;
  }

  get isAnswered(): boolean {
    return this.answeredAtMs !== null;
  }

  get hasEnded(): boolean {
    return this.endedBy !== null;
  }

  get durationS(): number {
    if (this.answeredAtMs === null) return 0;
    return Math.round(((this.endedAtMs ?? this.journal.nowMs) - this.answeredAtMs) / 1000);
  }

  get callbackCopies(): number {
    return this.options.callbackFaults?.copies ?? 1;
  }

  get stream(): MediaStream | null {
    return this.streams.current;
  }

  get leftDocument(): Promise<void> {
    return this.left.promise;
  }

  say(mulaw: Uint8Array, options: { readonly text?: string } = {}): Promise<boolean> {
    return this.line.say(mulaw, options.text ?? null);
  }

  press(digits: string): void {
    for (const digit of digits) this.line.press(digit);
  }

  hangup(): void {
    this.end(
      'hangup-by-party',
      this.isAnswered ? 'completed' : this.direction === 'inbound' ? 'no-answer' : 'canceled',
    );
  }

  waitForSpeech(options: WaitOptions & { readonly forMs?: number } = {}): Promise<number> {
    return this.line.waitForSpeech(options.forMs ?? 0, options.timeoutMs ?? WAIT_MS);
  }

  waitForSilence(silenceMs: number, options: WaitOptions = {}): Promise<number> {
    return this.line.waitForSilence(silenceMs, options.timeoutMs ?? WAIT_MS);
  }

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

  begin(source: DocumentSource): void {
    this.track(this.play(source));
  }

  redirect(source: DocumentSource): void {
    if (this.hasEnded) return;
    this.wasRedirected = true;
    const left = this.left;
    this.left = Promise.withResolvers<void>();
    left.resolve();
    this.track(this.play(source));
  }

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
      ...standardFields(this, this.status),
      ...(this.answeredBy !== null && { AnsweredBy: this.answeredBy }),
      ...this.options.extraFields,
    };
  }

  async request(purpose: WebhookPurpose, webhook: CallWebhook): Promise<WebhookOutcome> {
    const sentMs = this.journal.nowMs;
    // Connecting takes one round trip, the request and its response another.
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

  track(work: Promise<unknown>): void {
    this.pending.add(work);
    void work.finally(() => this.pending.delete(work));
  }

  async sleepWhileAlive(ms: number): Promise<void> {
    const { clock, speed } = this.services;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(ms / speed, resolve);
    const alive = this.aliveUntil();
    await Promise.race([promise, alive]);
    timer.cancel();
  }

  reconfigure(change: CallChange): void {
    if (change.fallback) this.loader.fallback = change.fallback;
    if (change.statusCallback) this.sendCallbacks(change.statusCallback);
    if (change.timeLimitMs !== undefined) this.limitTime(change.timeLimitMs);
  }

  setStatus(status: CallStatus): void {
    if (this.hasEnded || this.status === status) return;
    this.progress.change(status);
  }

  announceRinging(): void {
    this.progress.announceRinging();
  }

  answer(): void {
    if (this.isAnswered || this.hasEnded) return;
    this.answeredAtMs = this.journal.nowMs;
    this.limitTime(this.options.timeLimitMs ?? MAX_CALL_MS);
    this.line.open();
    this.progress.change('in-progress');
  }

  end(cause: CallEndCause, status: CallStatus): void {
    if (this.hasEnded) return;
    this.endedBy = cause;
    this.endedAtMs = this.journal.nowMs;
    this.timeLimit?.cancel();
    this.run?.abort();
    this.left.resolve();
    this.streams.close();
    this.line.close(this.lastWordsBefore(cause));
    this.progress.change(status);
    this.journal.add({ kind: 'ended', cause, status });
    void this.finish();
  }

  /** Returns how the call ended and the carrier's last words, for the errors of what still waits. */
  private lastWordsBefore(cause: CallEndCause): string {
    const said = this.journal.entries.findLast((entry) => entry.kind === 'said');
    return said ? `${cause}, after "${said.text}"` : cause;
  }

  endDialled(): void {
    if (!this.wasRedirected) this.end('dial-ended', this.isAnswered ? 'completed' : 'canceled');
  }

  bridgeWith(other: CallHandle): void {
    this.journal.add({ kind: 'bridged', withCallSid: other.sid });
    other.journal.add({ kind: 'bridged', withCallSid: this.sid });
  }

  /** The time limit counts from the answer. */
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

  private sendCallbacks(config: StatusCallbackConfig): void {
    const { clock, random } = this.services;
    this.progress.reportTo({
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
    await this.progress.finish();
    while (this.pending.size > 0) await Promise.allSettled([...this.pending]);
    this.finalReport.resolve(this.report());
  }
}
