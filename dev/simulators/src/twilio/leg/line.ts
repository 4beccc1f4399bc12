import { FRAME_BYTES, MULAW_SILENCE } from '@tandem/kit';
import { AgentEar, type AgentEarOptions } from '../audio/agent-ear.ts';
import { CallerVoice, prepareSpeech, type Utterance } from '../audio/caller-voice.ts';
import { TalkTimer, type TalkTiming } from '../audio/talk-timing.ts';
import type { Ticker, Ticking } from '../audio/ticker.ts';
import type { MediaStream } from '../stream/media-stream.ts';
import type { StreamTrack } from '../stream/stream-messages.ts';
import type { CallJournal } from './call-journal.ts';
import type { CallRecording } from './call-report.ts';

/** The call ended, or the timeout passed, before the awaited moment. */
export class WaitError extends Error {
  override readonly name = 'WaitError';
}

interface LineOptions {
  readonly journal: CallJournal;
  readonly ticker: Ticker;
  readonly ear: AgentEarOptions;
  readonly isRecording: boolean;
  readonly maxRecordingMs: number;
}

interface Fork {
  readonly stream: MediaStream;
  readonly tracks: readonly StreamTrack[];
}

interface LineListener {
  onDigit?(digit: string): void;
  onUtterance?(text: string | null): void;
  onCallerStarted?(): void;
}

interface Waiter {
  /** Returns ms from the start of the call, or null while the condition is not met. */
  readonly check: (nowMs: number) => number | null;
  readonly resolve: (atMs: number) => void;
  readonly reject: (error: WaitError) => void;
  readonly deadlineMs: number;
  readonly what: string;
}

const SILENT_FRAME = new Uint8Array(FRAME_BYTES).fill(MULAW_SILENCE);

/** The audio of one answered leg: exchanges the caller's audio with the streams every 20 ms. */
export class Line implements Ticking {
  private readonly options: LineOptions;
  private readonly journal: CallJournal;
  private readonly voice: CallerVoice;
  private readonly ear: AgentEar;
  private readonly timer = new TalkTimer();
  private readonly listeners = new Set<LineListener>();
  private readonly played = new Uint8Array(FRAME_BYTES);
  private readonly recordedAtMs: number[] = [];
  private readonly recordedCaller: Uint8Array[] = [];
  private readonly recordedAgent: Uint8Array[] = [];
  private waiters: Waiter[] = [];
  private forks: Fork[] = [];
  private stream: MediaStream | null = null;
  private openedAtMs: number | null = null;
  private isClosed = false;

  constructor(options: LineOptions) {
    this.options = options;
    this.journal = options.journal;
    this.voice = new CallerVoice({
      onCallerStarted: (utterance, nowMs) => this.callerStarted(utterance, nowMs),
      onCallerStopped: (utterance, nowMs) => this.callerStopped(utterance, nowMs),
    });
    this.ear = new AgentEar(options.ear, {
      onAgentStarted: (atMs) => this.agentStarted(atMs),
      onAgentStopped: (atMs) => this.agentStopped(atMs),
    });
  }

  get isAgentSpeaking(): boolean {
    return this.ear.isAgentSpeaking;
  }

  get isCallerSpeaking(): boolean {
    return this.voice.isSpeaking;
  }

  open(): void {
    if (this.openedAtMs !== null || this.isClosed) return;
    this.openedAtMs = this.journal.nowMs;
    this.options.ticker.add(this);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.options.ticker.remove(this);
    this.voice.drop();
    this.ear.close();
    for (const waiter of this.waiters.splice(0))
      waiter.reject(new WaitError(`The call ended before ${waiter.what}.`));
  }

  listen(listener: LineListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The one bidirectional stream; a new one takes the place of the old one. */
  connect(stream: MediaStream): void {
    this.stream = stream;
  }

  addFork(fork: Fork): void {
    this.forks = [...this.forks, fork];
  }

  disconnect(stream: MediaStream): void {
    if (this.stream === stream) this.stream = null;
    this.forks = this.forks.filter((fork) => fork.stream !== stream);
  }

  /** Queues speech. Resolves when its last frame was sent; false when the call ended before. */
  say(mulaw: Uint8Array, text: string | null): Promise<boolean> {
    if (this.isClosed) return Promise.resolve(false);
    const speech = prepareSpeech(mulaw, this.options.ear.audibleLevel);
    return new Promise((resolve) => {
      this.voice.say({
        speech,
        text,
        onFinished: (wasSaid) => {
          if (wasSaid) for (const listener of this.listeners) listener.onUtterance?.(text);
          resolve(wasSaid);
        },
      });
    });
  }

  press(digit: string): void {
    if (this.isClosed || this.openedAtMs === null) return;
    this.journal.add({ kind: 'pressed', digit });
    this.stream?.sendDigit(digit);
    for (const listener of [...this.listeners]) listener.onDigit?.(digit);
  }

  /** Resolves with the time at which the agent's speech began, once it has lasted `forMs`. */
  waitForSpeech(forMs: number, timeoutMs: number): Promise<number> {
    return this.wait(
      forMs === 0 ? 'the agent spoke' : `the agent spoke for ${forMs} ms`,
      timeoutMs,
      (nowMs) => {
        const sinceMs = this.ear.speakingSinceMs;
        return sinceMs === null || nowMs - sinceMs < forMs ? null : this.callTime(sinceMs);
      },
    );
  }

  /**
   * Resolves with the time at which the agent has been silent for `silenceMs`, at once when it has been
   * already.
   */
  waitForSilence(silenceMs: number, timeoutMs: number): Promise<number> {
    return this.wait(`the agent was silent for ${silenceMs} ms`, timeoutMs, (nowMs) => {
      const lastMs = this.ear.lastAudibleEndMs;
      const quietSinceMs = lastMs === null ? (this.openedAtMs ?? 0) : this.callTime(lastMs);
      const atMs = this.callTime(nowMs);
      return atMs - quietSinceMs >= silenceMs ? atMs : null;
    });
  }

  tick(nowMs: number): void {
    this.voice.advance(nowMs);
    const stream = this.stream;
    const bytes = stream ? stream.play(this.played) : 0;
    this.ear.hear(this.played, bytes, nowMs);
    stream?.sendMedia('inbound', this.voice.frameBase64);
    if (this.forks.length > 0) this.feedForks(bytes);
    if (this.options.isRecording) this.record(bytes, nowMs);
    if (this.waiters.length > 0) this.serveWaiters(nowMs);
  }

  timing(): TalkTiming {
    const firstMs = this.ear.firstAudibleMs;
    return this.timer.result(firstMs === null ? null : this.callTime(firstMs));
  }

  recording(): CallRecording | null {
    if (!this.options.isRecording) return null;
    return {
      startedAtMs: this.openedAtMs ?? 0,
      frameAtMs: [...this.recordedAtMs],
      caller: [...this.recordedCaller],
      agent: [...this.recordedAgent],
    };
  }

  private feedForks(agentBytes: number): void {
    const agent = agentBytes > 0 ? Buffer.from(this.agentFrame(agentBytes)).toString('base64') : null;
    for (const { stream, tracks } of this.forks) {
      for (const track of tracks)
        stream.sendMedia(track, track === 'inbound' ? this.voice.frameBase64 : agent);
    }
  }

  private agentFrame(bytes: number): Uint8Array {
    if (bytes === 0) return SILENT_FRAME;
    return this.played.slice().fill(MULAW_SILENCE, bytes);
  }

  private record(agentBytes: number, nowMs: number): void {
    if (this.recordedCaller.length * 20 >= this.options.maxRecordingMs) return;
    this.recordedAtMs.push(this.callTime(nowMs));
    this.recordedCaller.push(this.voice.frame ?? SILENT_FRAME);
    this.recordedAgent.push(this.agentFrame(agentBytes));
  }

  private wait(what: string, timeoutMs: number, check: (nowMs: number) => number | null): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(new WaitError(`The call ended before ${what}.`));
      const nowMs = this.nowMs();
      const atMs = check(nowMs);
      if (atMs !== null) return resolve(atMs);
      this.waiters.push({ check, resolve, reject, deadlineMs: nowMs + timeoutMs, what });
    });
  }

  private serveWaiters(nowMs: number): void {
    this.waiters = this.waiters.filter((waiter) => {
      const atMs = waiter.check(nowMs);
      if (atMs !== null) waiter.resolve(atMs);
      else if (nowMs < waiter.deadlineMs) return true;
      else waiter.reject(new WaitError(`Timed out before ${waiter.what}.`));
      return false;
    });
  }

  private callerStarted(utterance: Utterance, nowMs: number): void {
    const atMs = this.callTime(nowMs);
    this.timer.callerStarted(atMs);
    this.journal.add({ kind: 'caller-started', text: utterance.text }, atMs);
    for (const listener of this.listeners) listener.onCallerStarted?.();
  }

  private callerStopped(utterance: Utterance, nowMs: number): void {
    const atMs = this.callTime(nowMs);
    this.timer.callerStopped(atMs);
    this.journal.add({ kind: 'caller-stopped', text: utterance.text }, atMs);
  }

  private agentStarted(clockMs: number): void {
    this.timer.agentStarted(this.callTime(clockMs));
    this.journal.add({ kind: 'agent-started' }, this.callTime(clockMs));
  }

  private agentStopped(clockMs: number): void {
    this.timer.agentStopped(this.callTime(clockMs));
    this.journal.add({ kind: 'agent-stopped' }, this.callTime(clockMs));
  }

  private nowMs(): number {
    return this.journal.startedNowMs + this.journal.nowMs;
  }

  private callTime(clockMs: number): number {
    return clockMs - this.journal.startedNowMs;
  }
}
