import { bytesPerMs, type AudioFormat } from '@tandem/contracts';
import {
  AudioFrame,
  type CallerStream,
  type CallerStreamListener,
  type Clock,
  type HeardSound,
  type Timer,
} from '@tandem/conversation';
import type { MessageSocket } from '../../message-socket.ts';
import { StreamLink, type StreamLinkLimits } from '../../stream-link.ts';
import { realTimeBucket, type TokenBucket } from '../../token-bucket.ts';
import { MarkLedger } from '../../twilio/mark-ledger.ts';
import {
  command,
  parseChanWebSocketEvent,
  type ChanWebSocketEvent,
  type ChanWebSocketStart,
} from './chan-websocket-messages.ts';
import { OutgoingAudio } from './outgoing-audio.ts';

export interface ChanWebSocketStreamLimits extends StreamLinkLimits {
  /** Audio sent ahead of the playout position. The rest waits here. */
  readonly aheadMs: number;
  /** Audio that may wait here. Audio beyond it is dropped and counted. */
  readonly waitingMs: number;
  /** Without any message for this long, answers to our questions included, the line is dead. */
  readonly mediaTimeoutMs: number;
  /** With a mark overdue for this long, the caller hears nothing. */
  readonly playoutTimeoutMs: number;
  /** Audio that may arrive at once, after a network delay. */
  readonly burstMs: number;
  /** Bad messages in a row that end the stream; about one second of frames. */
  readonly maxBadInARow: number;
}

/**
 * `aheadMs` is 250 frames: the channel stops us at 900 and drops beyond 1,000. `waitingMs` holds the longest
 * response of the Realtime API.
 */
export const CHAN_WEBSOCKET_STREAM_LIMITS: ChanWebSocketStreamLimits = {
  aheadMs: 5_000,
  waitingMs: 240_000,
  mediaTimeoutMs: 5_000,
  playoutTimeoutMs: 10_000,
  burstMs: 4_000,
  maxBadInARow: 50,
};

/** Totals of one stream: plain numbers, because they are updated for every frame. */
export type ChanWebSocketCounters = {
  framesIn: number;
  bytesIn: number;
  bytesOut: number;
  badMessages: number;
  unknownMessages: number;
  /** Errors reported by the channel. */
  peerErrors: number;
  droppedOutBytes: number;
  /** Frames dropped because they came faster than real time. */
  floodedFrames: number;
  /** Times the channel asked us to stop sending. */
  stoppedSending: number;
  silentLines: number;
  stalledPlayouts: number;
};

/** Close code of RFC 6455 for a connection that closed without a close frame. */
const CLOSE_ABNORMAL = 1006;

/** Longest audio in one message, each way: a WebSocket payload of Asterisk has at most 65,535 bytes. */
const MAX_MESSAGE_MS = 1_000;
/** After this long without a message the channel is asked whether it is there: a held line sends no audio. */
const ASK_AFTER_MS = 2_000;
const REMIND_AFTER_MS = 1_000;
/** How long audio that fills no frame waits for more of it while nothing else plays. */
const REST_PATIENCE_MS = 40;
/** Audio left to play before the rest of a sound, when that is sent. */
const REST_AHEAD_MS = 200;

/**
 * A caller stream over Asterisk's WebSocket channel, from `MEDIA_START` on. The channel queues what it gets,
 * plays it in frames, and reports marks when it takes the frame behind them; {@link MarkLedger} derives from
 * them what was heard. Audio leaves in whole frames. The end of a sound that fills none is sent in the
 * channel's buffering mode, which fills it up with silence. A flush drops queued marks unreported, so a mark
 * of its own, sent behind it, tells when it has taken effect.
 */
export class ChanWebSocketStream implements CallerStream {
  readonly format: AudioFormat;
  readonly streamId: string;
  readonly counters: ChanWebSocketCounters = {
    framesIn: 0,
    bytesIn: 0,
    bytesOut: 0,
    badMessages: 0,
    unknownMessages: 0,
    peerErrors: 0,
    droppedOutBytes: 0,
    floodedFrames: 0,
    stoppedSending: 0,
    silentLines: 0,
    stalledPlayouts: 0,
  };
  private readonly bytesPerMs: number;
  private readonly frameBytes: number;
  private readonly maxMessageBytes: number;
  private readonly waiting = new OutgoingAudio();
  private readonly ledger: MarkLedger;
  private readonly flood: TokenBucket;
  private readonly link: StreamLink;
  private isBuffering = false;
  private isStopped = false;
  /** The channel plays silence behind what was sent last, to the end of its frame. */
  private isFilledUp = false;
  private clears = 0;
  private isAwaitingSilence = false;
  private lastMessageAt: number;
  private rest: Timer | null = null;

  constructor(
    private readonly socket: MessageSocket,
    { channelId, format, frameBytes }: ChanWebSocketStart,
    private readonly clock: Clock,
    onError: (error: unknown) => void,
    private readonly limits: ChanWebSocketStreamLimits = CHAN_WEBSOCKET_STREAM_LIMITS,
  ) {
    this.streamId = channelId;
    this.format = format;
    this.frameBytes = frameBytes;
    this.bytesPerMs = bytesPerMs(format);
    this.maxMessageBytes = frameBytes * Math.floor((MAX_MESSAGE_MS * this.bytesPerMs) / frameBytes);
    this.ledger = new MarkLedger(this.bytesPerMs);
    this.flood = realTimeBucket(this.bytesPerMs, limits.burstMs, clock.now());
    this.lastMessageAt = clock.now();
    this.link = new StreamLink(socket, clock, limits, onError, {
      counters: this.counters,
      onMessage: (data, isBinary) => this.onMessage(data, isBinary),
      reasonOf: (code) => (code === CLOSE_ABNORMAL ? 'connection-lost' : 'closed-by-carrier'),
      lastSignAt: () => this.lastMessageAt,
      overdueMs: (now) => this.ledger.overdueMs(now),
      onAlive: (silentMs, overdueMs) => this.ask(silentMs, overdueMs),
      release: () => this.release(),
    });
  }

  /** Queued audio that has not been sent yet. */
  get waitingBytes(): number {
    return this.waiting.byteLength;
  }

  attach(listener: CallerStreamListener): void {
    this.link.attach(listener);
  }

  write(frame: AudioFrame, soundId: string): void {
    if (this.link.isClosed) return;
    if (this.waiting.byteLength + frame.byteLength > this.limits.waitingMs * this.bytesPerMs) {
      this.counters.droppedOutBytes += frame.byteLength;
      return;
    }
    this.waiting.push(frame, soundId);
    this.sendWaiting();
  }

  clear(): HeardSound[] {
    const ended = this.waiting.clear();
    const last = ended.map((soundId) => this.ledger.heardOfLast(soundId));
    const heard = this.ledger.clear(this.clock.now());
    const begun = new Set(heard.map(({ soundId }) => soundId));
    ended.forEach((soundId, at) => {
      if (!begun.has(soundId)) heard.push({ soundId, heardMs: last[at] as number, isComplete: false });
    });
    this.rest?.cancel();
    this.rest = null;
    this.isBuffering = false;
    this.isFilledUp = false;
    if (this.link.isClosed) return heard;
    this.clears += 1;
    this.isAwaitingSilence = true;
    this.socket.send(command('FLUSH_MEDIA'), command('MARK_MEDIA', this.silenceMark));
    return heard;
  }

  heardSoFar(): HeardSound[] {
    return this.ledger.heardSoFar(this.clock.now());
  }

  close(): void {
    if (!this.link.isClosed) this.socket.send(command('HANGUP'));
    this.link.end('call ended', 'closed-by-us');
  }

  private get silenceMark(): string {
    return `silence.${this.clears}`;
  }

  /** Sends what fills whole frames, as far as the channel has room for it. */
  private sendWaiting(): void {
    const now = this.clock.now();
    while (!this.isStopped && this.ledger.aheadMs(now) < this.limits.aheadMs) {
      const whole = this.waiting.byteLength - (this.waiting.byteLength % this.frameBytes);
      if (whole === 0) break;
      // Up to the frame in which the first sound ends, so that a mark follows its end.
      const first = this.waiting.lengthOfFirst(this.maxMessageBytes);
      const bytes = Math.min(whole, Math.ceil(first / this.frameBytes) * this.frameBytes);
      const { marks, audio } = this.taken(bytes, now);
      this.socket.send(...marks.before, audio, command('MARK_MEDIA', marks.after));
    }
    this.scheduleRest(now);
  }

  /** Sends the audio that fills no frame, and has the channel fill it up. */
  private sendRest(): void {
    this.rest = null;
    const bytes = this.waiting.byteLength;
    const now = this.clock.now();
    if (bytes === 0 || bytes >= this.frameBytes || this.isStopped || this.restDueInMs(now) > 0)
      return this.sendWaiting();
    const { marks, audio } = this.taken(bytes, now);
    this.socket.send(...marks.before, audio, command('STOP_MEDIA_BUFFERING', marks.after));
    this.isBuffering = false;
    this.isFilledUp = true;
  }

  /** Takes audio out of the queue, and records it as sent. */
  private taken(bytes: number, now: number) {
    const { audio, parts } = this.waiting.take(bytes);
    const before: string[] = [];
    let after = '';
    for (const part of parts) {
      const marks = this.ledger.recordSent(part.soundId, part.bytes, now, this.isFilledUp);
      // Inside a message there is no place for a mark; it has the one before it and the one behind it.
      if (marks.before && after === '') before.push(command('MARK_MEDIA', marks.before));
      after = marks.after;
      this.isFilledUp = false;
    }
    if (!this.isBuffering) before.push(command('START_MEDIA_BUFFERING'));
    this.isBuffering = true;
    this.counters.bytesOut += bytes;
    return { audio, marks: { before, after } };
  }

  private scheduleRest(now: number): void {
    const isRest = this.waiting.byteLength > 0 && this.waiting.byteLength < this.frameBytes;
    if (!isRest || this.rest || this.isStopped || this.link.isClosed) return;
    this.rest = this.clock.after(Math.max(REST_PATIENCE_MS, this.restDueInMs(now)), () => this.sendRest());
  }

  private restDueInMs(now: number): number {
    return this.ledger.aheadMs(now) - REST_AHEAD_MS;
  }

  private onMessage(data: Buffer, isBinary: boolean): void {
    this.lastMessageAt = this.clock.now();
    if (isBinary) this.onMedia(data);
    else this.onText(data);
  }

  private onMedia(data: Buffer): void {
    const { byteLength } = data;
    const isWhole = this.format.encoding !== 'pcm16' || byteLength % 2 === 0;
    if (byteLength === 0 || byteLength > MAX_MESSAGE_MS * this.bytesPerMs || !isWhole)
      return this.countBadMessage();
    this.link.onGoodMessage();
    if (!this.flood.admits(byteLength, this.clock.now())) {
      this.counters.floodedFrames += 1;
      return;
    }
    this.counters.framesIn += 1;
    this.counters.bytesIn += byteLength;
    this.link.listener?.onAudio(AudioFrame.fromBytes(data));
  }

  private onText(data: Buffer): void {
    const message = parseChanWebSocketEvent(data);
    if ('fault' in message) this.countBadMessage();
    else this.handle(message);
  }

  private handle(message: ChanWebSocketEvent): void {
    switch (message.event) {
      case 'MEDIA_MARK_PROCESSED':
      case 'MEDIA_BUFFERING_COMPLETED':
        return this.onMark(message.mark);
      case 'DTMF_END':
        this.link.listener?.onDigit(message.digit);
        return;
      case 'MEDIA_XOFF':
        this.isStopped = true;
        this.counters.stoppedSending += 1;
        return;
      case 'MEDIA_XON':
        this.isStopped = false;
        return this.sendWaiting();
      case 'ERROR':
        this.counters.peerErrors += 1;
        return;
      case 'STATUS':
        return;
      case 'unknown':
        this.counters.unknownMessages += 1;
        return;
    }
  }

  private onMark(mark: string): void {
    if (this.isAwaitingSilence && mark === this.silenceMark) {
      this.isAwaitingSilence = false;
      this.link.listener?.onSilent();
      return;
    }
    for (const heard of this.ledger.onMarkEchoed(mark, this.clock.now())) {
      const isComplete = heard.isComplete && !this.waiting.holds(heard.soundId);
      this.link.listener?.onHeard({ ...heard, isComplete });
    }
    if (!this.link.isClosed) this.sendWaiting();
  }

  private countBadMessage(): void {
    this.counters.badMessages += 1;
    this.link.onBadMessage();
  }

  /** Asks for a sign of life, and again for a mark that may be lost. */
  private ask(silentMs: number, overdueMs: number): void {
    if (silentMs >= ASK_AFTER_MS) this.socket.send(command('GET_STATUS'));
    if (overdueMs >= REMIND_AFTER_MS) this.socket.send(command('MARK_MEDIA', this.ledger.repeatLastMark()));
  }

  private release(): void {
    this.rest?.cancel();
    this.waiting.clear();
  }
}
