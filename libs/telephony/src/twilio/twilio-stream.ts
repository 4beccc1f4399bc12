import { PCMU_8K } from '@tandem/contracts';
import { AudioFrame, type CallerStream, type CallerStreamListener, type Clock, type Heard, type StreamClosedReason, type Timer } from '@tandem/conversation';
import type { RawData, WebSocket } from 'ws';
import { MarkLedger } from './mark-ledger.ts';
import { clearMessage, markMessage, mediaMessage, parseTwilioMessage, type TwilioMessage, type TwilioStart } from './twilio-messages.ts';

export interface TwilioStreamLimits {
  /** Audio sent ahead of what was heard. The rest waits here, so a slow peer cannot make the socket's buffer grow. */
  readonly aheadMs: number;
  /** Audio that may wait here; what goes over it is dropped and counted. */
  readonly waitingMs: number;
  /** A live line brings some fifty messages a second even in silence; after this long without one it is dead. */
  readonly mediaTimeoutMs: number;
  /** About one second of bad frames. */
  readonly maxBadInARow: number;
}

export const TWILIO_STREAM_LIMITS: TwilioStreamLimits = { aheadMs: 8_000, waitingMs: 600_000, mediaTimeoutMs: 5_000, maxBadInARow: 50 };

/** What went over one stream; plain numbers, read when somebody scrapes. */
export interface TwilioStreamCounters {
  framesIn: number;
  bytesIn: number;
  bytesOut: number;
  badMessages: number;
  outOfOrder: number;
  unknownMessages: number;
  droppedOutBytes: number;
}

/** Close codes of RFC 6455: normal, policy violation, internal error. */
const CLOSE_NORMAL = 1000;
const CLOSE_POLICY = 1008;
const CLOSE_INTERNAL = 1011;

interface Waiting {
  readonly frame: AudioFrame;
  readonly soundId: string;
}

/**
 * The caller's side of a Twilio Media Stream, from its `start` on. Twilio's playout buffer has no bound and no
 * position; {@link MarkLedger} knows what was heard.
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
  };
  private readonly ledger = new MarkLedger();
  private listener: CallerStreamListener | null = null;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private lastChunk = 0;
  private badInARow = 0;
  private framesAtLastCheck = 0;
  private watchdog: Timer | null = null;
  private isClosed = false;

  constructor(
    private readonly socket: WebSocket,
    start: TwilioStart,
    private readonly clock: Clock,
    private readonly onError: (error: unknown) => void,
    private readonly limits: TwilioStreamLimits = TWILIO_STREAM_LIMITS,
  ) {
    this.streamId = start.streamSid;
  }

  attach(listener: CallerStreamListener): void {
    this.listener = listener;
    this.socket.on('message', (data, isBinary) => this.received(data, isBinary));
    this.socket.on('close', () => this.closed('connection-lost'));
    this.watch();
    // The socket may have gone while the ticket was checked; the listener hears of it on a later tick all the same.
    if (this.socket.readyState !== this.socket.OPEN) this.clock.after(0, () => this.closed('connection-lost'));
  }

  write(frame: AudioFrame, soundId: string): void {
    if (this.isClosed) return;
    if (this.waiting.length === 0 && this.ledger.aheadMs(this.clock.now()) < this.limits.aheadMs) {
      this.send(frame, soundId);
      return;
    }
    if (this.waitingBytes + frame.byteLength > this.limits.waitingMs * 8) {
      this.counters.droppedOutBytes += frame.byteLength;
      return;
    }
    this.waiting.push({ frame, soundId });
    this.waitingBytes += frame.byteLength;
  }

  clear(): Heard[] {
    const heard = this.ledger.cleared(this.clock.now());
    const begun = new Set(heard.map(({ soundId }) => soundId));
    for (const { soundId } of this.waiting) if (!begun.has(soundId) && begun.add(soundId)) heard.push({ soundId, heardMs: 0, isComplete: false });
    this.dropWaiting();
    if (!this.isClosed) this.socket.send(clearMessage(this.streamId));
    return heard;
  }

  heardSoFar(): Heard[] {
    return this.ledger.heardSoFar(this.clock.now());
  }

  close(): void {
    this.shut(CLOSE_NORMAL, 'call ended', 'closed-by-us');
  }

  private send(frame: AudioFrame, soundId: string): void {
    const { before, after } = this.ledger.sent(soundId, frame.byteLength, this.clock.now());
    if (before) this.socket.send(markMessage(this.streamId, before));
    this.socket.send(mediaMessage(this.streamId, frame.base64));
    this.socket.send(markMessage(this.streamId, after));
    this.counters.bytesOut += frame.byteLength;
  }

  private received(data: RawData, isBinary: boolean): void {
    if (this.isClosed) return;
    const message = isBinary ? ({ fault: 'not-json' } as const) : parseTwilioMessage((data as Buffer).toString());
    try {
      if ('fault' in message || !this.isOurs(message)) this.bad();
      else this.handle(message);
    } catch (error) {
      this.onError(error);
      this.shut(CLOSE_INTERNAL, 'internal error', 'connection-lost');
    }
  }

  private handle(message: TwilioMessage): void {
    switch (message.event) {
      case 'media':
        this.media(message);
        return;
      case 'mark':
        for (const heard of this.ledger.echoed(message.name, this.clock.now())) this.listener?.onHeard(heard);
        this.sendWaiting();
        return;
      case 'dtmf':
        this.listener?.onDigit(message.digit);
        return;
      case 'stop':
        this.closed('caller-hangup');
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

  private media({ chunk, payload, byteLength }: Extract<TwilioMessage, { event: 'media' }>): void {
    if (chunk <= this.lastChunk) {
      this.counters.outOfOrder += 1;
      return;
    }
    this.lastChunk = chunk;
    this.badInARow = 0;
    this.counters.framesIn += 1;
    this.counters.bytesIn += byteLength;
    this.listener?.onAudio(AudioFrame.fromBase64(payload, byteLength));
  }

  private isOurs(message: TwilioMessage): boolean {
    return !('streamSid' in message) || message.streamSid === this.streamId;
  }

  private bad(): void {
    this.counters.badMessages += 1;
    this.badInARow += 1;
    if (this.badInARow >= this.limits.maxBadInARow) this.shut(CLOSE_POLICY, 'too many messages that make no sense', 'media-errors');
  }

  private sendWaiting(): void {
    const now = this.clock.now();
    while (this.waiting.length > 0 && this.ledger.aheadMs(now) < this.limits.aheadMs) {
      const next = this.waiting.shift() as Waiting;
      this.waitingBytes -= next.frame.byteLength;
      this.send(next.frame, next.soundId);
    }
  }

  private watch(): void {
    this.watchdog = this.clock.after(this.limits.mediaTimeoutMs, () => {
      if (this.counters.framesIn === this.framesAtLastCheck) {
        this.shut(CLOSE_POLICY, 'no audio', 'media-timeout');
        return;
      }
      this.framesAtLastCheck = this.counters.framesIn;
      this.watch();
    });
  }

  private shut(code: number, why: string, reason: StreamClosedReason): void {
    if (this.isClosed) return;
    this.socket.close(code, why);
    this.closed(reason);
  }

  private closed(reason: StreamClosedReason): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.watchdog?.cancel();
    this.dropWaiting();
    const { listener } = this;
    this.clock.after(0, () => listener?.onClosed(reason));
  }

  private dropWaiting(): void {
    this.waiting = [];
    this.waitingBytes = 0;
  }
}
