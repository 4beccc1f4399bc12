import { PCMU_8K } from '@tandem/contracts';
import {
  AudioFrame,
  type CallerStream,
  type CallerStreamListener,
  type Clock,
  type HeardSound,
} from '@tandem/conversation';
import type { MessageSocket } from '../message-socket.ts';
import { StreamLink, type StreamLinkLimits } from '../stream-link.ts';
import { realTimeBucket, type TokenBucket } from '../token-bucket.ts';
import { MarkLedger } from './mark-ledger.ts';
import { MediaReader } from './media-reader.ts';
import {
  clearMessage,
  markMessage,
  mediaMessage,
  parseTwilioMessage,
  type TwilioMessage,
  type TwilioStart,
} from './twilio-messages.ts';

export interface TwilioStreamLimits extends StreamLinkLimits {
  /**
   * Audio sent ahead of the playout position. The rest is queued here, so that a slow peer cannot make the
   * socket's buffer grow.
   */
  readonly aheadMs: number;
  /** Audio that may be queued here. Audio beyond it is dropped and counted. */
  readonly waitingMs: number;
  /**
   * A live line sends some fifty messages a second even in silence; after this long without one it is dead.
   */
  readonly mediaTimeoutMs: number;
  /** The carrier returns marks while it plays; with one overdue for this long, the caller hears nothing. */
  readonly playoutTimeoutMs: number;
  /**
   * Audio that may arrive at once, after a network delay. Beyond it audio cannot be faster than real time.
   */
  readonly burstMs: number;
  /** Bad messages in a row that end the stream; about one second of frames. */
  readonly maxBadInARow: number;
}

/**
 * `aheadMs` is 40 KB, 54 KB on the wire. `waitingMs` holds the longest response of the Realtime API: 4,096
 * tokens, some 205 s.
 */
export const TWILIO_STREAM_LIMITS: TwilioStreamLimits = {
  aheadMs: 5_000,
  waitingMs: 240_000,
  mediaTimeoutMs: 5_000,
  playoutTimeoutMs: 10_000,
  burstMs: 4_000,
  maxBadInARow: 50,
};

/** Totals of one stream: plain numbers, because they are updated for every frame. */
export type TwilioStreamCounters = {
  framesIn: number;
  bytesIn: number;
  bytesOut: number;
  badMessages: number;
  outOfOrder: number;
  unknownMessages: number;
  droppedOutBytes: number;
  /** Frames dropped because they came faster than real time. */
  floodedFrames: number;
  /** Streams ended because no audio arrived, and because none of ours was played. */
  silentLines: number;
  stalledPlayouts: number;
};

/** µ-law at 8 kHz. */
const BYTES_PER_MS = 8;
/** After this long a mark counts as possibly lost, and is sent again at each check. */
const REMIND_AFTER_MS = 1_000;

interface QueuedAudio {
  readonly frame: AudioFrame;
  readonly soundId: string;
}

/**
 * A caller stream over Twilio Media Streams, from the `start` message on. Twilio's playout buffer has no
 * bound and reports no position; {@link MarkLedger} derives what was heard from marks.
 */
export class TwilioStream implements CallerStream {
  readonly format = PCMU_8K;
  readonly streamId: string;
  readonly counters: TwilioStreamCounters = {
    framesIn: 0,
    bytesIn: 0,
    bytesOut: 0,
    badMessages: 0,
    outOfOrder: 0,
    unknownMessages: 0,
    droppedOutBytes: 0,
    floodedFrames: 0,
    silentLines: 0,
    stalledPlayouts: 0,
  };
  /** Queued audio that has not been sent yet. */
  waitingBytes = 0;
  private readonly ledger = new MarkLedger(BYTES_PER_MS);
  private readonly reader: MediaReader;
  private readonly link: StreamLink;
  private waiting: QueuedAudio[] = [];
  private lastChunk = 0;
  private readonly flood: TokenBucket;

  constructor(
    private readonly socket: MessageSocket,
    start: TwilioStart,
    private readonly clock: Clock,
    onError: (error: unknown) => void,
    private readonly limits: TwilioStreamLimits = TWILIO_STREAM_LIMITS,
  ) {
    this.streamId = start.streamSid;
    this.reader = new MediaReader(start.streamSid);
    this.flood = realTimeBucket(BYTES_PER_MS, limits.burstMs, clock.now());
    this.link = new StreamLink(socket, clock, limits, onError, {
      counters: this.counters,
      onMessage: (data, isBinary) => this.onMessage(data, isBinary),
      reasonOf: () => 'connection-lost',
      lastSignAt: () => this.flood.lastCameAt,
      overdueMs: (now) => this.ledger.overdueMs(now),
      onAlive: (_silentMs, overdueMs) => this.remindOfMark(overdueMs),
      release: () => this.dropWaiting(),
    });
  }

  attach(listener: CallerStreamListener): void {
    this.link.attach(listener);
  }

  write(frame: AudioFrame, soundId: string): void {
    if (this.link.isClosed) return;
    if (this.waiting.length === 0 && this.ledger.aheadMs(this.clock.now()) < this.limits.aheadMs) {
      this.send(frame, soundId);
      return;
    }
    if (this.waitingBytes + frame.byteLength > this.limits.waitingMs * BYTES_PER_MS) {
      this.counters.droppedOutBytes += frame.byteLength;
      return;
    }
    this.waiting.push({ frame, soundId });
    this.waitingBytes += frame.byteLength;
  }

  clear(): HeardSound[] {
    const heard = this.ledger.clear(this.clock.now());
    const begun = new Set(heard.map(({ soundId }) => soundId));
    for (const { soundId } of this.waiting)
      if (!begun.has(soundId) && begun.add(soundId)) heard.push({ soundId, heardMs: 0, isComplete: false });
    this.dropWaiting();
    if (this.link.isClosed) return heard;
    this.socket.send(clearMessage(this.streamId));
    if (!this.ledger.isAwaitingSilence)
      this.clock.after(0, () => !this.link.isClosed && this.link.listener?.onSilent());
    return heard;
  }

  heardSoFar(): HeardSound[] {
    return this.ledger.heardSoFar(this.clock.now());
  }

  close(): void {
    this.link.end('call ended', 'closed-by-us');
  }

  private send(frame: AudioFrame, soundId: string): void {
    const { before, after } = this.ledger.recordSent(soundId, frame.byteLength, this.clock.now());
    const media = mediaMessage(this.streamId, frame.base64);
    const mark = markMessage(this.streamId, after);
    if (before) this.socket.send(markMessage(this.streamId, before), media, mark);
    else this.socket.send(media, mark);
    this.counters.bytesOut += frame.byteLength;
  }

  private onMessage(data: Buffer, isBinary: boolean): void {
    const frame = isBinary ? null : this.reader.read(data);
    if (frame) this.onMedia(this.reader.chunk, frame);
    else this.handleParsed(isBinary ? { fault: 'not-json' } : parseTwilioMessage(data.toString()));
  }

  private handleParsed(message: ReturnType<typeof parseTwilioMessage>): void {
    if ('fault' in message || !this.isOurs(message)) this.countBadMessage();
    else this.handle(message);
  }

  private handle(message: TwilioMessage): void {
    switch (message.event) {
      case 'media':
        this.onMedia(message.chunk, AudioFrame.fromBase64(message.payload, message.byteLength));
        return;
      case 'mark':
        this.onMark(message.name);
        return;
      case 'dtmf':
        this.link.listener?.onDigit(message.digit);
        return;
      case 'stop':
        this.link.finish('caller-hangup');
        return;
      case 'connected':
      case 'start':
        this.counters.outOfOrder += 1;
        return;
      case 'unknown':
        this.counters.unknownMessages += 1;
        return;
    }
  }

  private onMark(mark: string): void {
    if (this.ledger.confirmsSilence(mark)) this.link.listener?.onSilent();
    for (const heard of this.ledger.onMarkEchoed(mark, this.clock.now())) this.link.listener?.onHeard(heard);
    this.sendWaiting();
  }

  private onMedia(chunk: number, frame: AudioFrame): void {
    if (chunk <= this.lastChunk) {
      this.counters.outOfOrder += 1;
      return;
    }
    this.lastChunk = chunk;
    this.link.onGoodMessage();
    if (!this.flood.admits(frame.byteLength, this.clock.now())) {
      this.counters.floodedFrames += 1;
      return;
    }
    this.counters.framesIn += 1;
    this.counters.bytesIn += frame.byteLength;
    this.link.listener?.onAudio(frame);
  }

  private isOurs(message: TwilioMessage): boolean {
    return !('streamSid' in message) || message.streamSid === this.streamId;
  }

  private countBadMessage(): void {
    this.counters.badMessages += 1;
    this.link.onBadMessage();
  }

  private sendWaiting(): void {
    const now = this.clock.now();
    while (this.waiting.length > 0 && this.ledger.aheadMs(now) < this.limits.aheadMs) {
      const next = this.waiting.shift() as QueuedAudio;
      this.waitingBytes -= next.frame.byteLength;
      this.send(next.frame, next.soundId);
    }
  }

  private remindOfMark(overdueMs: number): void {
    if (overdueMs >= REMIND_AFTER_MS)
      this.socket.send(markMessage(this.streamId, this.ledger.repeatLastMark()));
  }

  private dropWaiting(): void {
    this.waiting = [];
    this.waitingBytes = 0;
  }
}
