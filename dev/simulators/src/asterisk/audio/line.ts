import { Talk } from '../../talk/talk.ts';
import type { AgentEarOptions } from '../../twilio/audio/agent-ear.ts';
import type { TalkTiming } from '../../twilio/audio/talk-timing.ts';
import type { Ticker, Ticking } from '../../twilio/audio/ticker.ts';
import { type Codec, SLIN } from '../audiosocket/codecs.ts';
import { silentFrame } from '../audiosocket/frames.ts';
import type { CallJournal } from '../call/call-journal.ts';
import type { CallRecording } from '../call/call-report.ts';
import type { RelayLeg } from '../channel/relay-leg.ts';
import { CallerVoice, type Speech } from './caller-voice.ts';
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

/** Longest gap that a phone conceals. Asterisk buffers nothing, so a frame that is late makes one. */
const CONCEALED_MS = 60;

/** The audio of one person's phone: 20 ms to the relay every 20 ms, and what comes back as it comes. */
export class Line implements Ticking {
  private readonly options: LineOptions;
  private readonly journal: CallJournal;
  private readonly voice: CallerVoice;
  private readonly talk: Talk;
  private readonly recorded: { caller: Buffer[]; agent: { atMs: number; payload: Buffer }[] } = {
    caller: [],
    agent: [],
  };
  private leg: RelayLeg | null = null;
  private recordedCodec: Codec | null = null;
  private heardLevel = 0;
  private heardAtMs = -Infinity;
  private isFresh = false;

  constructor(options: LineOptions) {
    this.options = options;
    this.journal = options.journal;
    this.talk = new Talk(options.journal, options.ear);
    this.voice = new CallerVoice(
      {
        onCallerStarted: ({ text }, nowMs) => this.talk.callerStarted(text, nowMs),
        onCallerStopped: ({ text }, nowMs) => this.talk.callerStopped(text, nowMs),
      },
      options.ear.audibleLevel,
    );
  }

  get isAgentSpeaking(): boolean {
    return this.talk.ear.isAgentSpeaking;
  }

  open(): void {
    if (this.talk.open()) this.options.ticker.add(this);
  }

  close(why: string): void {
    if (this.talk.isClosed) return;
    this.options.ticker.remove(this);
    this.voice.drop();
    this.talk.close(why);
  }

  connect(leg: RelayLeg): void {
    this.leg = leg;
    leg.ear = this;
  }

  disconnect(leg: RelayLeg): void {
    leg.ear = null;
    if (this.leg === leg) this.leg = null;
  }

  /** Queues speech. Resolves when its last frame was sent; false when the call ended before. */
  say(speech: Speech, text: string | null): Promise<boolean> {
    if (this.talk.isClosed) return Promise.resolve(false);
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
    return this.talk.waitForSpeech(forMs, timeoutMs);
  }

  waitForSilence(silenceMs: number, timeoutMs: number): Promise<number> {
    return this.talk.waitForSilence(silenceMs, timeoutMs);
  }

  tick(nowMs: number): void {
    const leg = this.leg;
    const codec = leg?.codec ?? SLIN;
    this.voice.advance(codec, nowMs);
    if (leg && this.options.sendsAudio) leg.sendVoice(this.voice.frame ?? silentFrame(codec));
    this.listenNow(nowMs);
    if (leg && this.options.isRecording) this.record(codec);
    this.talk.tick(nowMs);
  }

  timing(): TalkTiming {
    return this.talk.timing();
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
    this.talk.ear.hearLevel(this.heardLevel, nowMs);
  }

  private record(codec: Codec): void {
    if (this.recorded.caller.length * 20 >= this.options.maxRecordingMs) return;
    this.recordedCodec ??= codec;
    this.recorded.caller.push(this.voice.payload ?? silentFrame(codec).subarray(3));
  }
}
