import { ManualClock } from '@tandem/conversation/testing';
import type { CallerStreamFarSide, LineSetting } from '../../testing/caller-stream-far-side.ts';
import { DelayedLine } from '../../testing/delayed-line.ts';
import type { MessageSocket, SocketListener } from '../../message-socket.ts';
import {
  AUDIOSOCKET_STREAM_LIMITS,
  AudioSocketStream,
  type AudioSocketStreamLimits,
} from '../audiosocket-stream.ts';
import { audioKindOf, FRAME_KIND, HEADER_BYTES, isValidLength, writeHeader } from '../audiosocket-frames.ts';
import { PlayoutClock } from '../playout-clock.ts';

const FRAME_MS = 20;

/** Returns a frame with its header. */
export function frameOf(kind: number, payload: Uint8Array): Buffer {
  const frame = Buffer.alloc(HEADER_BYTES + payload.byteLength);
  writeHeader(frame, kind, payload.byteLength);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/**
 * Simulates Asterisk's end of an AudioSocket: sends a frame every 20 ms, and passes what arrives on to the
 * caller at once. Anything but a hang-up or audio ends the leg, as in Asterisk. Sounds differ by the byte
 * they are made of.
 */
export class AudioSocketFarSide implements CallerStreamFarSide {
  readonly clock = new ManualClock();
  readonly stream: AudioSocketStream;
  readonly boundMs: number;
  readonly patienceMs = 35_000;
  readonly hangUpReason = 'closed-by-carrier' as const;
  readonly errors: unknown[] = [];
  /** Times at which frames arrived. */
  readonly arrivals: number[] = [];
  /** The audio that arrived, in order. */
  readonly heard: Buffer[] = [];
  /** The stream sent something Asterisk does not take. */
  isOffended = false;
  private readonly kind: number;
  private readonly played = new Array<number>(256).fill(0);
  private readonly bytesPerMs: number;
  private readonly line: DelayedLine;
  private isFrozen = false;
  private isOver = false;
  /** The relay's end of the line. */
  private near!: { listener: SocketListener | null; isOpen: boolean; unsentBytes: number };

  constructor(
    line: LineSetting = {},
    readonly rateHz = 8_000,
    limits: Partial<AudioSocketStreamLimits> = {},
  ) {
    this.line = new DelayedLine(this.clock, line, AUDIOSOCKET_STREAM_LIMITS.transitMs);
    const all = { ...AUDIOSOCKET_STREAM_LIMITS, ...limits };
    this.boundMs = all.waitingMs;
    this.kind = audioKindOf(rateHz) ?? 0;
    this.bytesPerMs = (rateHz / 1000) * 2;
    this.stream = new AudioSocketStream(
      this.socket(),
      'stream-1',
      rateHz,
      new PlayoutClock(this.clock),
      this.clock,
      (error) => this.errors.push(error),
      all,
    );
    this.tick();
  }

  speaks(frame: Uint8Array): void {
    this.tells(frameOf(this.kind, frame));
  }

  presses(digit: string): void {
    this.tells(frameOf(FRAME_KIND.digit, Buffer.from(digit)));
  }

  /** Asterisk says nothing: it closes the socket. */
  hangsUp(): void {
    this.ends(1000);
  }

  isCut(): void {
    this.ends(1006);
  }

  talksNonsense(): void {
    this.tells(Buffer.alloc(0));
  }

  freezes(): void {
    this.isFrozen = true;
  }

  /** A message of any kind, as the connection would pass it on. */
  tells(message: Buffer): void {
    if (!this.isOver) this.line.carry('here', () => this.near.listener?.onMessage(message, true));
  }

  heardMs(value: number): number {
    return (this.played[value] ?? 0) / this.bytesPerMs;
  }

  heldBytes(): number {
    return this.stream.waitingBytes + this.near.unsentBytes;
  }

  droppedBytes(): number {
    return this.stream.counters.droppedOutBytes;
  }

  floodedFrames(): number {
    return this.stream.counters.floodedFrames;
  }

  private socket(): MessageSocket {
    const socket = {
      listener: null as SocketListener | null,
      isOpen: true,
      unsentBytes: 0,
      send: (...messages: readonly (string | Uint8Array)[]) =>
        messages.forEach((message) => this.sent(Buffer.from(message as Uint8Array))),
      close: () => this.ends(1000),
      terminate: () => this.ends(1006),
    };
    this.near = socket;
    return socket;
  }

  private sent(frame: Buffer): void {
    if (this.isOver) return;
    if (this.isFrozen) {
      this.near.unsentBytes += frame.byteLength;
      return;
    }
    const length = frame.readUInt16BE(1);
    const isWhole = frame.byteLength === HEADER_BYTES + length && length > 0;
    if (frame[0] !== this.kind || !isWhole || !isValidLength(this.kind, length)) this.isOffended = true;
    this.line.carry('there', () => {
      this.arrivals.push(this.clock.now());
      this.heard.push(frame.subarray(HEADER_BYTES));
      for (const value of frame.subarray(HEADER_BYTES)) this.played[value] = (this.played[value] ?? 0) + 1;
    });
  }

  private tick(): void {
    if (this.isOver) return;
    if (!this.isFrozen) this.speaks(new Uint8Array(FRAME_MS * this.bytesPerMs));
    this.clock.after(FRAME_MS, () => this.tick());
  }

  private ends(code: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.near.isOpen = false;
    this.clock.after(0, () => this.near.listener?.onClosed(code));
  }
}
