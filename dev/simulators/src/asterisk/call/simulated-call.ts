import { Line } from '../audio/line.ts';
import type { Speech } from '../audio/caller-voice.ts';
import { type Channel, type FarSide, NORMAL_CLEARING } from '../channel/channel.ts';
import { type PbxServices, simulatedSleep } from '../channel/pbx-services.ts';
import { CallJournal, type CallListener, type NewCallEntry } from './call-journal.ts';
import type { CallReport } from './call-report.ts';
import type { CalleeScript, PersonHandle } from './callee.ts';
import type { LegOptions } from './leg-options.ts';

export interface WaitOptions {
  /** Default 30 s, real time. */
  readonly timeoutMs?: number;
}

/** Hang-up causes of Q.850 that the answers of SIP become in Asterisk: 486, 603, 404. */
const REFUSALS = { busy: 17, decline: 21, unreachable: 1 } as const;
const RING_MS = 1_000;
const MAX_RECORDING_MS = 600_000;
/** Ends a wait for what never comes; an agent may speak for longer than ten seconds. */
const WAIT_MS = 30_000;

/** One person's phone on an Asterisk, and the channel to it. */
export class SimulatedCall implements FarSide, PersonHandle {
  readonly channel: Channel;
  readonly journal: CallJournal;
  readonly line: Line;
  readonly leg = null;
  readonly from: string;
  readonly to: string;
  /** Settles with the report when the call is over. Never rejects. */
  readonly ended: Promise<CallReport>;
  private readonly services: PbxServices;
  private readonly finalReport = Promise.withResolvers<CallReport>();
  private answeredAtMs: number | null = null;
  private endedAtMs: number | null = null;

  constructor(services: PbxServices, options: LegOptions) {
    this.services = services;
    this.from = options.from;
    this.to = options.to;
    this.journal = new CallJournal(services.clock);
    this.ended = this.finalReport.promise;
    this.line = new Line({
      journal: this.journal,
      ticker: services.ticker,
      ear: services.ear,
      sendsAudio: options.sendsAudio ?? true,
      isRecording: options.isRecording ?? false,
      maxRecordingMs: options.maxRecordingMs ?? MAX_RECORDING_MS,
    });
    this.channel = services.channels.create({
      technology: options.technology,
      resource: options.resource,
      state: options.direction === 'inbound' ? 'Ring' : 'Down',
      dialplan: options.dialplan,
      journal: this.journal,
      plan: options.plan,
      callerNumber: options.from,
      callerName: options.fromName,
      dialled: options.to,
      ...(options.uniqueId !== undefined && { uniqueId: options.uniqueId }),
    });
    this.channel.far = this;
  }

  get isAnswered(): boolean {
    return this.answeredAtMs !== null;
  }

  get hasEnded(): boolean {
    return this.endedAtMs !== null;
  }

  /** Settles when the call is hung up. */
  get gone(): Promise<void> {
    return this.channel.gone;
  }

  /** Speaks in real time. Resolves when it was said; false when the call ended before. */
  say(speech: Speech, options: { readonly text?: string } = {}): Promise<boolean> {
    return this.line.say(speech, options.text ?? null);
  }

  /** Presses keys, one after the other: 0-9, *, #, A-D. */
  press(digits: string): void {
    for (const digit of digits) {
      if (this.hasEnded || !this.isAnswered) return;
      this.journal.add({ kind: 'pressed', digit });
      this.channel.digitCame(digit);
    }
  }

  hangup(): void {
    this.channel.hangUp(NORMAL_CLEARING, 'hangup-by-party');
  }

  /**
   * Resolves with the ms from the start of the call at which the agent's speech began, once it has lasted
   * `forMs`. Rejects with `WaitError`.
   */
  waitForSpeech(options: WaitOptions & { readonly forMs?: number } = {}): Promise<number> {
    return this.line.waitForSpeech(options.forMs ?? 0, options.timeoutMs ?? WAIT_MS);
  }

  /** Resolves once the agent has been silent for `silenceMs`. Rejects with `WaitError`. */
  waitForSilence(silenceMs: number, options: WaitOptions = {}): Promise<number> {
    return this.line.waitForSilence(silenceMs, options.timeoutMs ?? WAIT_MS);
  }

  /** Calls the listener with every timeline entry from now on. Returns the function that stops it. */
  listen(listener: CallListener): () => void {
    return this.journal.listen(listener);
  }

  report(): CallReport {
    const { channel, journal, from, to, line } = this;
    return {
      channel: channel.name,
      uniqueId: channel.uniqueId,
      from,
      to,
      endedBy: channel.endedBy,
      hangupCause: channel.hangupCause,
      startedAt: journal.startedAt,
      answeredAtMs: this.answeredAtMs,
      endedAtMs: this.endedAtMs,
      timeline: [...journal.entries],
      timelineDropped: journal.dropped,
      errors: [...journal.errors],
      played: journal.entries.flatMap((entry) => (entry.kind === 'played' ? [entry.sound] : [])),
      legs: channel.legs.map((leg) => leg.report()),
      timing: line.timing(),
      recording: line.recording(),
    };
  }

  /** Sleeps for simulated ms; cut short when the call ends. */
  async sleepWhileAlive(ms: number): Promise<void> {
    const { over, timer } = simulatedSleep(this.services, ms);
    await Promise.race([over, this.channel.gone]);
    timer.cancel();
  }

  /** Rings the phone and plays the script. */
  ring(script: CalleeScript): void {
    void this.play(script);
  }

  answer(): void {
    if (this.isAnswered || this.hasEnded) return;
    this.answeredAtMs = this.journal.nowMs;
    this.journal.add({ kind: 'answered' });
    this.line.open();
  }

  hangUp(cause: number): void {
    if (this.hasEnded) return;
    this.endedAtMs = this.journal.nowMs;
    this.line.close(`hang-up cause ${cause}`);
    this.journal.add({
      kind: 'ended',
      cause: this.channel.endedBy ?? 'simulator-stopped',
      hangupCause: cause,
    });
    this.finalReport.resolve(this.report());
  }

  hearDigit(digit: string): void {
    this.journal.add({ kind: 'key-heard', digit });
  }

  hear(entry: NewCallEntry): void {
    this.journal.add(entry);
  }

  private async play(script: CalleeScript): Promise<void> {
    const { channel } = this;
    channel.state = 'Ringing';
    if (script.outcome === 'no-answer') return;
    await this.sleepWhileAlive(script.ringMs ?? RING_MS);
    if (channel.isHungUp) return;
    if (script.outcome !== 'answer') return channel.hangUp(REFUSALS[script.outcome], 'not-answered');
    this.answer();
    channel.farAnswered();
    await script.onAnswer?.(this);
    for (const action of script.actions ?? []) {
      await this.sleepWhileAlive(action.afterMs);
      if (channel.isHungUp) return;
      if ('press' in action) this.press(action.press);
      else this.hangup();
    }
  }
}
