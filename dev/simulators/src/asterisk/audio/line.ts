import { AgentEar, type AgentEarOptions } from '../../twilio/audio/agent-ear.ts';
import { TalkTimer, type TalkTiming } from '../../twilio/audio/talk-timing.ts';
import type { Ticker, Ticking } from '../../twilio/audio/ticker.ts';
import { WaitError } from '../../twilio/leg/line.ts';
import { type Codec, SLIN } from '../audiosocket/codecs.ts';
import type { AudioSocketLeg } from '../audiosocket/audiosocket-leg.ts';
import { silentFrame } from '../audiosocket/frames.ts';
import type { CallJournal } from '../call/call-journal.ts';
import type { CallRecording } from '../call/call-report.ts';
import { CallerVoice, type Speech, type Utterance } from './caller-voice.ts';
import { linearLevel } from './linear-level.ts';

export interface LineOptions {
  readonly journal: CallJournal;
  readonly ticker: Ticker;
  readonly ear: AgentEarOptions;
  /** Whether the phone sends audio at all; one on hold, or with silence suppression, does not. */
  readonly sendsAudio: boolean;
  readonly isRecording: boolean;
  readonly maxRecordingMs: number;
}

interface Waiter {
  /** Returns ms from the start of the call, or null while the condition is not met. */
  readonly check: (nowMs: number) => number | null;
  readonly resolve: (atMs: number) => void;
  readonly reject: (error: WaitError) => void;
  readonly deadlineMs: number;
  readonly what: string;
}

/** Longest gap that a phone conceals. Asterisk buffers nothing, so a frame that is late makes one. */
const CONCEALED_MS = 60;

/** The audio of one person's phone: 20 ms to the relay every 20 ms, and what comes back as it comes. */
export class Line implements Ticking {
  private readonly options: LineOptions;
  private readonly journal: CallJournal;
  private readonly voice: CallerVoice;
  private readonly ear: AgentEar;
  private readonly timer = new TalkTimer();
  private readonly recorded: { caller: Buffer[]; agent: { atMs: number; payload: Buffer }[] } = {
    caller: [],
    agent: [],
  };
  private waiters: Waiter[] = [];
  private leg: AudioSocketLeg | null = null;
  private recordedCodec: Codec | null = null;
  private openedAtMs: number | null = null;
  private isClosed = false;
  private heardLevel = 0;
  private heardAtMs = -Infinity;
  private isFresh = false;

  constructor(options: LineOptions) {
    this.options = options;
    this.journal = options.journal;
    this.voice = new CallerVoice(
      {
        onCallerStarted: (utterance, nowMs) => this.callerStarted(utterance, nowMs),
        onCallerStopped: (utterance, nowMs) => this.callerStopped(utterance, nowMs),
      },
      options.ear.audibleLevel,
    );
    this.ear = new AgentEar(options.ear, {
      onAgentStarted: (atMs) => this.agentStarted(atMs),
      onAgentStopped: (atMs) => this.agentStopped(atMs),
    });
  }

  get isAgentSpeaking(): boolean {
    return this.ear.isAgentSpeaking;
  }

  get connectedLeg(): AudioSocketLeg | null {
    return this.leg;
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

  connect(leg: AudioSocketLeg): void {
    this.leg = leg;
    leg.ear = this;
  }

  disconnect(leg: AudioSocketLeg): void {
    leg.ear = null;
    if (this.leg === leg) this.leg = null;
  }

  /** Queues speech. Resolves when its last frame was sent; false when the call ended before. */
  say(speech: Speech, text: string | null): Promise<boolean> {
    if (this.isClosed) return Promise.resolve(false);
    return new Promise((resolve) => this.voice.say({ speech, text, onFinished: resolve }));
  }

  /** A frame of the relay reaches the phone. */
  hear(payload: Buffer, codec: Codec): void {
    this.heardLevel = Math.max(this.isFresh ? this.heardLevel : 0, linearLevel(payload));
    this.isFresh = true;
    if (!this.options.isRecording || this.recorded.agent.length * 20 >= this.options.maxRecordingMs) return;
    this.recordedCodec ??= codec;
    this.recorded.agent.push({ atMs: this.journal.nowMs, payload: Buffer.from(payload) });
  }

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

  waitForSilence(silenceMs: number, timeoutMs: number): Promise<number> {
    return this.wait(`the agent was silent for ${silenceMs} ms`, timeoutMs, (nowMs) => {
      const lastMs = this.ear.lastAudibleEndMs;
      const quietSinceMs = lastMs === null ? (this.openedAtMs ?? 0) : this.callTime(lastMs);
      const atMs = this.callTime(nowMs);
      return atMs - quietSinceMs >= silenceMs ? atMs : null;
    });
  }

  tick(nowMs: number): void {
    const leg = this.leg;
    const codec = leg?.codec ?? SLIN;
    this.voice.advance(codec, nowMs);
    if (leg && this.options.sendsAudio) leg.sendVoice(this.voice.frame ?? silentFrame(codec));
    this.listenNow(nowMs);
    if (leg && this.options.isRecording) this.record(codec);
    if (this.waiters.length > 0) this.serveWaiters(nowMs);
  }

  timing(): TalkTiming {
    const firstMs = this.ear.firstAudibleMs;
    return this.timer.result(firstMs === null ? null : this.callTime(firstMs));
  }

  recording(): CallRecording | null {
    if (!this.options.isRecording) return null;
    const { rateHz } = this.recordedCodec ?? SLIN;
    return { rateHz, caller: [...this.recorded.caller], agent: [...this.recorded.agent] };
  }

  private listenNow(nowMs: number): void {
    if (this.isFresh) this.heardAtMs = nowMs;
    else if (nowMs - this.heardAtMs > CONCEALED_MS) this.heardLevel = 0;
    this.isFresh = false;
    this.ear.hearLevel(this.heardLevel, nowMs);
  }

  private record(codec: Codec): void {
    if (this.recorded.caller.length * 20 >= this.options.maxRecordingMs) return;
    this.recordedCodec ??= codec;
    this.recorded.caller.push(this.voice.payload ?? silentFrame(codec).subarray(3));
  }

  private wait(what: string, timeoutMs: number, check: (nowMs: number) => number | null): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(new WaitError(`The call ended before ${what}.`));
      const nowMs = this.journal.startedNowMs + this.journal.nowMs;
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
    this.timer.callerStarted(this.callTime(nowMs));
    this.journal.add({ kind: 'caller-started', text: utterance.text }, this.callTime(nowMs));
  }

  private callerStopped(utterance: Utterance, nowMs: number): void {
    this.timer.callerStopped(this.callTime(nowMs));
    this.journal.add({ kind: 'caller-stopped', text: utterance.text }, this.callTime(nowMs));
  }

  private agentStarted(clockMs: number): void {
    this.timer.agentStarted(this.callTime(clockMs));
    this.journal.add({ kind: 'agent-started' }, this.callTime(clockMs));
  }

  private agentStopped(clockMs: number): void {
    this.timer.agentStopped(this.callTime(clockMs));
    this.journal.add({ kind: 'agent-stopped' }, this.callTime(clockMs));
  }

  private callTime(clockMs: number): number {
    return clockMs - this.journal.startedNowMs;
  }
}
