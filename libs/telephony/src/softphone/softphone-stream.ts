import { bytesPerMs, type NewCallEvent } from '@tandem/contracts';
import {
  AudioFrame,
  type CallerStream,
  type CallerStreamListener,
  type Clock,
  type HeardSound,
} from '@tandem/conversation';
import {
  AUDIO_HEADER_BYTES,
  audioMessage,
  FRAME_MS,
  nextSequence,
  readAudioMessage,
  WIRE_VERSION,
  type ClientMessage,
  type Played,
  type RelayMessage,
  type WireFormat,
} from '@tandem/softphone';
import type { MessageSocket } from '../message-socket.ts';
import { StreamLink, type StreamLinkLimits } from '../stream-link.ts';
import { realTimeBucket, TokenBucket } from '../token-bucket.ts';
import { PlayoutLedger } from './playout-ledger.ts';
import { shownEvent } from './shown-event.ts';
import { parseSoftphoneMessage } from './softphone-messages.ts';

export interface SoftphoneStreamLimits extends StreamLinkLimits {
  /** Audio sent ahead of the playout position; the browser holds no more. The rest is queued here. */
  readonly aheadMs: number;
  /** Audio that may be queued here. Audio beyond it is dropped and counted. */
  readonly waitingMs: number;
  /** A live page sends fifty frames a second even when muted; after this long without one it is dead. */
  readonly mediaTimeoutMs: number;
  /** A page that has audio and reports no progress for this long plays nothing. */
  readonly playoutTimeoutMs: number;
  /** Audio that may arrive at once, after a network delay. */
  readonly burstMs: number;
  /** Longest frame of a caller. */
  readonly maxFrameMs: number;
  /** Text messages a page may send at once, and the time after which it may send one more. */
  readonly controlBurst: number;
  readonly controlEveryMs: number;
  /** The same for written words, each of which is a turn of the caller. */
  readonly textBurst: number;
  readonly textEveryMs: number;
  /** Bad messages in a row that end the stream. */
  readonly maxBadInARow: number;
  /** Longest step in which a browser's device plays: see {@link PlayoutLedger}. */
  readonly stepMs: number;
}

/** `waitingMs` holds the longest response of the Realtime API: 4,096 tokens, some 205 s. */
export const SOFTPHONE_STREAM_LIMITS: SoftphoneStreamLimits = {
  aheadMs: 1_000,
  waitingMs: 240_000,
  mediaTimeoutMs: 10_000,
  playoutTimeoutMs: 10_000,
  burstMs: 4_000,
  maxFrameMs: 200,
  controlBurst: 200,
  controlEveryMs: 25,
  textBurst: 5,
  textEveryMs: 2_000,
  maxBadInARow: 50,
  stepMs: 10,
};

/** Totals of one stream: plain numbers, because they are updated for every frame. */
export type SoftphoneStreamCounters = {
  framesIn: number;
  bytesIn: number;
  bytesOut: number;
  badMessages: number;
  outOfOrder: number;
  droppedOutBytes: number;
  /** Frames and messages dropped because they came faster than real time. */
  floodedFrames: number;
  /** Reports of more playback than was sent. */
  clampedReports: number;
  /** Streams ended because no audio arrived, and because none of ours was played. */
  silentLines: number;
  stalledPlayouts: number;
};

interface QueuedAudio {
  readonly bytes: Uint8Array;
  readonly soundId: string;
  /** Bytes that are sent already. */
  sent: number;
}

/** A browser's media connection: audio as binary messages, everything else as JSON. */
export class SoftphoneStream implements CallerStream {
  waitingBytes = 0;
  readonly counters: SoftphoneStreamCounters = {
    framesIn: 0,
    bytesIn: 0,
    bytesOut: 0,
    badMessages: 0,
    outOfOrder: 0,
    droppedOutBytes: 0,
    floodedFrames: 0,
    clampedReports: 0,
    silentLines: 0,
    stalledPlayouts: 0,
  };
  private readonly bytesPerMs: number;
  private readonly bytesPerSample: number;
  private readonly ledger: PlayoutLedger;
  private readonly link: StreamLink;
  private waiting: QueuedAudio[] = [];
  private sequenceOut = 0;
  private sequenceIn = -1;
  private clears = 0;
  private isAwaitingSilence = false;
  private readonly flood: TokenBucket;
  private readonly controls: TokenBucket;
  private readonly texts: TokenBucket;

  constructor(
    private readonly socket: MessageSocket,
    readonly streamId: string,
    readonly format: WireFormat,
    private readonly clock: Clock,
    onError: (error: unknown) => void,
    private readonly limits: SoftphoneStreamLimits = SOFTPHONE_STREAM_LIMITS,
  ) {
    this.bytesPerMs = bytesPerMs(format);
    this.bytesPerSample = (this.bytesPerMs * 1000) / format.rateHz;
    const { bytesPerSample } = this;
    this.ledger = new PlayoutLedger({ bytesPerMs: this.bytesPerMs, bytesPerSample, stepMs: limits.stepMs });
    const now = clock.now();
    this.flood = realTimeBucket(this.bytesPerMs, limits.burstMs, now);
    this.controls = new TokenBucket(limits.controlBurst, 1 / limits.controlEveryMs, now);
    this.texts = new TokenBucket(limits.textBurst, 1 / limits.textEveryMs, now);
    this.link = new StreamLink(socket, clock, limits, onError, {
      counters: this.counters,
      onMessage: (data, isBinary) => (isBinary ? this.onAudio(data) : this.onControl(data)),
      reasonOf: () => 'connection-lost',
      lastSignAt: () => this.flood.lastCameAt,
      overdueMs: (at) => this.ledger.overdueMs(at),
      release: () => this.dropWaiting(),
    });
  }

  attach(listener: CallerStreamListener): void {
    this.link.attach(listener);
    this.tell({ type: 'ready', version: WIRE_VERSION, format: this.format });
  }

  write(frame: AudioFrame, soundId: string): void {
    if (this.link.isClosed) return;
    const room = this.limits.waitingMs * this.bytesPerMs - this.waitingBytes;
    if (frame.byteLength > room) {
      this.counters.droppedOutBytes += frame.byteLength;
      return;
    }
    this.waiting.push({ bytes: frame.bytes, soundId, sent: 0 });
    this.waitingBytes += frame.byteLength;
    this.sendWaiting();
  }

  clear(fadeMs = 0): HeardSound[] {
    const heard = this.ledger.clear(this.clock.now());
    const begun = new Set(heard.map(({ soundId }) => soundId));
    for (const { soundId } of this.waiting)
      if (!begun.has(soundId) && begun.add(soundId)) heard.push({ soundId, heardMs: 0, isComplete: false });
    this.dropWaiting();
    if (this.link.isClosed) return heard;
    this.clears += 1;
    this.isAwaitingSilence = true;
    this.tell({ type: 'clear', id: this.clears, fadeMs });
    return heard;
  }

  heardSoFar(): HeardSound[] {
    return this.ledger.heardSoFar(this.clock.now());
  }

  /** Shows the caller an event of the call, if it is one for callers. */
  showEvent(event: NewCallEvent): void {
    const message = shownEvent(event);
    if (message) this.tell(message);
  }

  close(): void {
    this.link.end('call ended', 'closed-by-us');
  }

  private tell(message: RelayMessage): void {
    if (!this.link.isClosed) this.socket.send(JSON.stringify(message));
  }

  private sendWaiting(): void {
    if (this.waiting.length === 0) return;
    const now = this.clock.now();
    const frameBytes = FRAME_MS * this.bytesPerMs;
    let room = this.limits.aheadMs * this.bytesPerMs - this.ledger.aheadMs(now) * this.bytesPerMs;
    const messages: Uint8Array[] = [];
    for (let next = this.waiting[0]; next && room > 0; next = this.waiting[0]) {
      const audio = next.bytes.subarray(next.sent, next.sent + frameBytes);
      const number = this.ledger.recordSent(next.soundId, audio.byteLength, now);
      const message = audioMessage('toCaller', this.sequenceOut, number, audio.byteLength);
      message.set(audio, AUDIO_HEADER_BYTES);
      messages.push(message);
      this.sequenceOut = nextSequence(this.sequenceOut);
      next.sent += audio.byteLength;
      room -= audio.byteLength;
      this.waitingBytes -= audio.byteLength;
      this.counters.bytesOut += audio.byteLength;
      if (next.sent >= next.bytes.byteLength) this.waiting.shift();
    }
    this.socket.send(...messages);
  }

  private onAudio(data: Buffer): void {
    const message = readAudioMessage(data);
    const bytes = message?.audio.byteLength ?? 0;
    const isSound =
      message?.kind === 'fromCaller' &&
      bytes % this.bytesPerSample === 0 &&
      bytes <= this.limits.maxFrameMs * this.bytesPerMs;
    if (!isSound) return this.countBadMessage();
    this.link.onGoodMessage();
    if (message.sequence <= this.sequenceIn) {
      this.counters.outOfOrder += 1;
      return;
    }
    this.sequenceIn = message.sequence;
    if (!this.flood.admits(bytes, this.clock.now())) {
      this.counters.floodedFrames += 1;
      return;
    }
    this.counters.framesIn += 1;
    this.counters.bytesIn += bytes;
    this.link.listener?.onAudio(AudioFrame.fromBytes(message.audio));
  }

  private onControl(data: Buffer): void {
    if (!this.controls.admits(1, this.clock.now())) {
      this.counters.floodedFrames += 1;
      return;
    }
    const message = parseSoftphoneMessage(data.toString());
    if (!message) return this.countBadMessage();
    const handle = this.on[message.type] as (message: ClientMessage) => void;
    handle(message);
  }

  private readonly on: {
    readonly [Type in ClientMessage['type']]: (message: Extract<ClientMessage, { type: Type }>) => void;
  } = {
    played: (message) => this.onPlayed(message),
    cleared: ({ id }) => {
      if (!this.isAwaitingSilence || id !== this.clears) return;
      this.isAwaitingSilence = false;
      this.link.listener?.onSilent();
    },
    digit: ({ digit }) => this.link.listener?.onDigit(digit),
    text: ({ text }) => {
      if (this.texts.admits(1, this.clock.now())) this.link.listener?.onText?.(text);
      else this.counters.floodedFrames += 1;
    },
    ping: ({ id }) => this.tell({ type: 'pong', id }),
    hangup: () => this.link.end('hung up', 'caller-hangup'),
    start: () => {
      this.counters.outOfOrder += 1;
    },
  };

  private onPlayed(message: Played): void {
    const { heard, isClamped } = this.ledger.onPlayed(message, this.clock.now(), this.waiting[0]?.soundId);
    if (isClamped) this.counters.clampedReports += 1;
    for (const sound of heard) this.link.listener?.onHeard(sound);
    if (!this.link.isClosed) this.sendWaiting();
  }

  private countBadMessage(): void {
    this.counters.badMessages += 1;
    this.link.onBadMessage();
  }

  private dropWaiting(): void {
    this.waiting = [];
    this.waitingBytes = 0;
  }
}
