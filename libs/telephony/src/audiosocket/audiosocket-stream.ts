import { bytesPerMs, type AudioFormat } from '@tandem/contracts';
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
import { CLOSED_CLEANLY } from './audiosocket-connection.ts';
import {
  audioRateOf,
  FRAME_KIND,
  FRAME_MS,
  HEADER_BYTES,
  silenceFrame,
  writeHeader,
} from './audiosocket-frames.ts';
import type { Player, PlayoutClock } from './playout-clock.ts';
import { PlayoutQueue } from './playout-queue.ts';

export interface AudioSocketStreamLimits extends StreamLinkLimits {
  /** Audio that may be queued here. Audio beyond it is dropped and counted. */
  readonly waitingMs: number;
  /**
   * A PBX sends no audio of a caller on hold, or of a phone that suppresses silence; after this long without
   * a frame the line counts as dead.
   */
  readonly mediaTimeoutMs: number;
  /** Audio that may arrive at once, after a network delay. */
  readonly burstMs: number;
  /** Bad frames in a row that end the stream; about one second of frames. */
  readonly maxBadInARow: number;
  /** Bytes the network has not taken yet, beyond which no further frame is written. */
  readonly maxUnsentBytes: number;
  /** The longest time from a write to the caller's line. */
  readonly transitMs: number;
}

/**
 * `waitingMs` holds the longest response of the Realtime API. `transitMs`: AudioSocket has no encryption, so
 * it runs within one network; the rest is the PBX's own frame and a retransmission on a short way.
 */
export const AUDIOSOCKET_STREAM_LIMITS: AudioSocketStreamLimits = {
  waitingMs: 240_000,
  mediaTimeoutMs: 30_000,
  burstMs: 4_000,
  maxBadInARow: 50,
  maxUnsentBytes: 16 * 1024,
  transitMs: 60,
};

/** Totals of one stream: plain numbers, because they are updated for every frame. */
export type AudioSocketCounters = {
  framesIn: number;
  bytesIn: number;
  bytesOut: number;
  badMessages: number;
  /** Frames of a kind that only the relay sends, or only the first frame is. */
  outOfOrder: number;
  /** Audio of another rate than the stream began with. */
  otherRate: number;
  /** Errors reported by the PBX. */
  peerErrors: number;
  droppedOutBytes: number;
  /** Frames dropped because they came faster than real time. */
  floodedFrames: number;
  /** Times a frame was not written because the network had not taken the ones before. */
  heldBackFrames: number;
  silentLines: number;
};

const BYTES_PER_SAMPLE = 2;

/**
 * A caller stream over Asterisk's AudioSocket, from the accepted UUID on. Asterisk has neither a playout
 * buffer nor a message that drops one: the stream writes a frame every 20 ms, silence when there is nothing
 * to say, and stops what it was saying by writing something else.
 */
export class AudioSocketStream implements CallerStream, Player {
  readonly format: AudioFormat;
  readonly counters: AudioSocketCounters = {
    framesIn: 0,
    bytesIn: 0,
    bytesOut: 0,
    badMessages: 0,
    outOfOrder: 0,
    otherRate: 0,
    peerErrors: 0,
    droppedOutBytes: 0,
    floodedFrames: 0,
    heldBackFrames: 0,
    silentLines: 0,
  };
  private readonly kind: number;
  private readonly frameBytes: number;
  private readonly silence: Buffer;
  private readonly queue: PlayoutQueue;
  private readonly flood: TokenBucket;
  private readonly link: StreamLink;
  /** The end of cleared audio, faded out; belongs to no sound. */
  private fading: Uint8Array | null = null;
  private isAwaitingSilence = false;

  /**
   * @param rateHz a rate of AudioSocket
   * @throws TypeError for any other
   */
  constructor(
    private readonly socket: MessageSocket,
    readonly streamId: string,
    rateHz: number,
    private readonly playout: PlayoutClock,
    private readonly clock: Clock,
    onError: (error: unknown) => void,
    private readonly limits: AudioSocketStreamLimits = AUDIOSOCKET_STREAM_LIMITS,
  ) {
    this.silence = silenceFrame(rateHz);
    this.kind = this.silence[0] as number;
    this.format = { encoding: 'pcm16', rateHz };
    const perMs = bytesPerMs(this.format);
    this.frameBytes = perMs * FRAME_MS;
    this.queue = new PlayoutQueue(perMs, limits.transitMs);
    this.flood = realTimeBucket(perMs, limits.burstMs, clock.now());
    this.link = new StreamLink(socket, clock, limits, onError, {
      counters: this.counters,
      onMessage: (data) => this.onFrame(data),
      reasonOf: (code) => (code === CLOSED_CLEANLY ? 'closed-by-carrier' : 'connection-lost'),
      lastSignAt: () => this.flood.lastCameAt,
      release: () => this.release(),
    });
  }

  /** Queued audio that has not been written yet, in bytes. */
  get waitingBytes(): number {
    return this.queue.waitingBytes;
  }

  attach(listener: CallerStreamListener): void {
    this.link.attach(listener);
    this.playout.add(this);
  }

  write(frame: AudioFrame, soundId: string): void {
    if (this.link.isClosed) return;
    const room = this.limits.waitingMs * bytesPerMs(this.format) - this.queue.waitingBytes;
    if (frame.byteLength > room) this.counters.droppedOutBytes += frame.byteLength;
    else this.queue.push(frame, soundId);
  }

  clear(fadeMs = 0): HeardSound[] {
    const fadeBytes = Math.round(fadeMs * (this.format.rateHz / 1000)) * BYTES_PER_SAMPLE;
    if (fadeBytes > 0 && !this.link.isClosed) this.fading = fadedOut(this.queue.peek(fadeBytes));
    const heard = this.queue.clear(this.clock.now());
    this.isAwaitingSilence = !this.link.isClosed;
    return heard;
  }

  heardSoFar(): HeardSound[] {
    return this.queue.heardSoFar(this.clock.now());
  }

  close(): void {
    this.link.end('call ended', 'closed-by-us');
  }

  play(frames: number, now: number): void {
    try {
      for (let count = 0; count < frames && !this.link.isClosed; count += 1) this.writeFrame(now);
      this.report(now);
    } catch (error) {
      this.link.fail(error);
    }
  }

  private writeFrame(now: number): void {
    if (this.socket.unsentBytes > this.limits.maxUnsentBytes) {
      this.counters.heldBackFrames += 1;
      return;
    }
    if (!this.fading && !this.queue.hasWaiting) {
      this.socket.send(this.silence);
      return;
    }
    const frame = this.emptyFrame();
    let end = HEADER_BYTES;
    if (this.fading) {
      frame.set(this.fading.subarray(0, this.frameBytes), end);
      end += Math.min(this.fading.length, this.frameBytes);
      this.fading = this.fading.length > this.frameBytes ? this.fading.subarray(this.frameBytes) : null;
    }
    end = this.queue.take(frame, HEADER_BYTES, end, now);
    frame.fill(0, end);
    this.socket.send(frame);
    this.counters.bytesOut += this.frameBytes;
  }

  private report(now: number): void {
    if (this.isAwaitingSilence && !this.fading && this.queue.silentAt <= now) {
      this.isAwaitingSilence = false;
      this.link.listener?.onSilent();
    }
    this.queue.settle(now, this.tellHeard);
  }

  private readonly tellHeard = (heard: HeardSound): void => {
    if (!this.link.isClosed) this.link.listener?.onHeard(heard);
  };

  private onFrame(frame: Buffer): void {
    const now = this.clock.now();
    this.playout.playDue(now);
    const kind = frame[0];
    if (kind === this.kind) this.onAudio(frame, now);
    else this.onOther(kind, frame);
  }

  private onAudio(frame: Buffer, now: number): void {
    this.link.onGoodMessage();
    const byteLength = frame.byteLength - HEADER_BYTES;
    if (!this.flood.admits(byteLength, now)) {
      this.counters.floodedFrames += 1;
      return;
    }
    this.counters.framesIn += 1;
    this.counters.bytesIn += byteLength;
    this.link.listener?.onAudio(AudioFrame.fromBytes(frame.subarray(HEADER_BYTES)));
  }

  private onOther(kind: number | undefined, frame: Buffer): void {
    if (kind === FRAME_KIND.digit) this.onDigit(frame);
    else if (kind === FRAME_KIND.error) this.counters.peerErrors += 1;
    else if (kind === undefined) this.countBad('badMessages');
    else if (audioRateOf(kind) !== undefined) this.countBad('otherRate');
    else this.countBad('outOfOrder');
  }

  private onDigit(frame: Buffer): void {
    const digit = String.fromCharCode(frame[HEADER_BYTES] as number);
    if (IS_DIGIT.test(digit)) this.link.listener?.onDigit(digit);
    else this.countBad('badMessages');
  }

  private countBad(what: 'badMessages' | 'otherRate' | 'outOfOrder'): void {
    this.counters[what] += 1;
    this.link.onBadMessage();
  }

  /** Returns a frame of this stream with its header, and with whatever was in its memory. */
  private emptyFrame(): Buffer {
    const frame = Buffer.allocUnsafe(HEADER_BYTES + this.frameBytes);
    writeHeader(frame, this.kind, this.frameBytes);
    return frame;
  }

  private release(): void {
    this.playout.delete(this);
    this.queue.dropWaiting();
    this.fading = null;
  }
}

/** Keys of a telephone, and the letters of its fourth column. */
const IS_DIGIT = /^[0-9*#A-D]$/;

/** Returns 16-bit little-endian audio with its level falling to nothing. */
function fadedOut(audio: Uint8Array): Uint8Array | null {
  if (audio.byteLength < BYTES_PER_SAMPLE) return null;
  const view = new DataView(audio.buffer, audio.byteOffset, audio.byteLength);
  const samples = Math.floor(audio.byteLength / BYTES_PER_SAMPLE);
  for (let sample = 0; sample < samples; sample += 1) {
    const at = sample * BYTES_PER_SAMPLE;
    view.setInt16(at, Math.round(view.getInt16(at, true) * (1 - (sample + 1) / samples)), true);
  }
  return audio;
}
