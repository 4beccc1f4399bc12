import { FRAME_BYTES, MULAW_SILENCE } from '@tandem/kit';
import { Talk } from '../../talk/talk.ts';
import type { AgentEarOptions } from '../audio/agent-ear.ts';
import { CallerVoice, prepareSpeech } from '../audio/caller-voice.ts';
import type { TalkTiming } from '../audio/talk-timing.ts';
import type { Ticker, Ticking } from '../audio/ticker.ts';
import type { MediaStream } from '../stream/media-stream.ts';
import type { StreamTrack } from '../stream/stream-messages.ts';
import type { CallJournal } from './call-journal.ts';
import type { CallRecording } from './call-report.ts';

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

const SILENT_FRAME = new Uint8Array(FRAME_BYTES).fill(MULAW_SILENCE);

/** The audio of one answered leg: exchanges the caller's audio with the streams every 20 ms. */
export class Line implements Ticking {
  private readonly options: LineOptions;
  private readonly journal: CallJournal;
  private readonly voice: CallerVoice;
  private readonly talk: Talk;
  private readonly listeners = new Set<LineListener>();
  private readonly played = new Uint8Array(FRAME_BYTES);
  private readonly recordedAtMs: number[] = [];
  private readonly recordedCaller: Uint8Array[] = [];
  private readonly recordedAgent: Uint8Array[] = [];
  private forks: Fork[] = [];
  private stream: MediaStream | null = null;

  constructor(options: LineOptions) {
    this.options = options;
    this.journal = options.journal;
    this.talk = new Talk(options.journal, options.ear);
    this.voice = new CallerVoice({
      onCallerStarted: ({ text }, nowMs) => {
        this.talk.callerStarted(text, nowMs);
        for (const listener of this.listeners) listener.onCallerStarted?.();
      },
      onCallerStopped: ({ text }, nowMs) => this.talk.callerStopped(text, nowMs),
    });
  }

  get isAgentSpeaking(): boolean {
    return this.talk.ear.isAgentSpeaking;
  }

  get isCallerSpeaking(): boolean {
    return this.voice.isSpeaking;
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
    if (this.talk.isClosed) return Promise.resolve(false);
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
    if (this.talk.isClosed || this.talk.openedAtMs === null) return;
    this.journal.add({ kind: 'pressed', digit });
    this.stream?.sendDigit(digit);
    for (const listener of [...this.listeners]) listener.onDigit?.(digit);
  }

  waitForSpeech(forMs: number, timeoutMs: number): Promise<number> {
    return this.talk.waitForSpeech(forMs, timeoutMs);
  }

  waitForSilence(silenceMs: number, timeoutMs: number): Promise<number> {
    return this.talk.waitForSilence(silenceMs, timeoutMs);
  }

  tick(nowMs: number): void {
    this.voice.advance(nowMs);
    const stream = this.stream;
    const bytes = stream ? stream.play(this.played) : 0;
    this.talk.ear.hear(this.played, bytes, nowMs);
    stream?.sendMedia('inbound', this.voice.frameBase64);
    if (this.forks.length > 0) this.feedForks(bytes);
    if (this.options.isRecording) this.record(bytes, nowMs);
    this.talk.tick(nowMs);
  }

  timing(): TalkTiming {
    return this.talk.timing();
  }

  recording(): CallRecording | null {
    if (!this.options.isRecording) return null;
    return {
      startedAtMs: this.talk.openedAtMs ?? 0,
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
    this.recordedAtMs.push(this.talk.callTime(nowMs));
    this.recordedCaller.push(this.voice.frame ?? SILENT_FRAME);
    this.recordedAgent.push(this.agentFrame(agentBytes));
  }
}
