import { bytesPerMs, PCM16_16K, type AudioFormat } from '@tandem/contracts';
import { ManualClock } from '@tandem/conversation/testing';
import type { MessageSocket, SocketListener } from '../../../message-socket.ts';
import type { CallerStreamFarSide, LineSetting } from '../../../testing/caller-stream-far-side.ts';
import { DelayedLine } from '../../../testing/delayed-line.ts';
import {
  CHAN_WEBSOCKET_STREAM_LIMITS,
  ChanWebSocketStream,
  type ChanWebSocketStreamLimits,
} from '../chan-websocket-stream.ts';
import { DriverQueue, event } from './driver-queue.ts';

const TICK_MS = 20;

/** The relay's end of a socket to a {@link ChanWebSocketFarSide}. */
class LineSocket implements MessageSocket {
  listener: SocketListener | null = null;
  isOpen = true;
  unsentBytes = 0;

  constructor(
    private readonly onSent: (message: string | Uint8Array) => void,
    private readonly onClosing: () => void,
  ) {}

  send(...messages: readonly (string | Uint8Array)[]): void {
    if (this.isOpen) for (const message of messages) this.onSent(message);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.onClosing();
  }

  terminate(): void {
    this.close();
  }
}

/** Simulates Asterisk's end of a stream: queues and plays, and sends silence while the line is live. */
export class ChanWebSocketFarSide implements CallerStreamFarSide {
  readonly clock = new ManualClock();
  readonly stream: ChanWebSocketStream;
  readonly boundMs: number;
  readonly hangUpReason = 'closed-by-carrier';
  readonly patienceMs = 30_000;
  readonly errors: unknown[] = [];
  readonly queue: DriverQueue;
  /** Every text sent to the channel, in order. */
  readonly commands: string[] = [];
  private readonly socket: LineSocket;
  private readonly silence: Uint8Array;
  private readonly line: DelayedLine;
  private isFrozen = false;
  private isOver = false;
  /** A held line sends no audio; the channel answers all the same. */
  isOnHold = false;

  constructor(
    line: LineSetting = {},
    private readonly format: AudioFormat = PCM16_16K,
    limits: Partial<ChanWebSocketStreamLimits> = {},
  ) {
    this.line = new DelayedLine(this.clock, line);
    const frameBytes = TICK_MS * bytesPerMs(format);
    const all = { ...CHAN_WEBSOCKET_STREAM_LIMITS, ...limits };
    this.boundMs = all.waitingMs;
    this.silence = new Uint8Array(frameBytes).fill(format.encoding === 'pcmu' ? 0xff : 0);
    this.queue = new DriverQueue(frameBytes, (text) => this.tells(text));
    this.socket = new LineSocket(
      (message) => this.sent(message),
      () => this.over(),
    );
    this.stream = new ChanWebSocketStream(
      this.socket,
      { event: 'MEDIA_START', channelId: '1764400000.7', format, frameBytes, variables: new Map() },
      this.clock,
      (error) => this.errors.push(error),
      all,
    );
    this.tick();
  }

  speaks(frame: Uint8Array): void {
    this.arrives(Buffer.from(frame), true);
  }

  presses(digit: string): void {
    this.tells(event('DTMF_END', { digit }));
  }

  /** The channel ends: its driver closes the connection in order, and says no more. */
  hangsUp(): void {
    this.line.carry('here', () => this.socket.listener?.onClosed(1000));
    this.isOver = true;
  }

  isCut(): void {
    this.line.carry('here', () => this.socket.listener?.onClosed(1006));
    this.isOver = true;
  }

  talksNonsense(): void {
    this.tells('{"event":"MEDIA_MARK');
  }

  freezes(): void {
    this.isFrozen = true;
  }

  fallsDeaf(): void {
    this.queue.isPaused = true;
  }

  tells(text: string): void {
    this.arrives(Buffer.from(text), false);
  }

  heardMs(value: number): number {
    return this.queue.heardBytes(value) / bytesPerMs(this.format);
  }

  heldBytes(): number {
    return this.stream.waitingBytes + this.socket.unsentBytes;
  }

  droppedBytes(): number {
    return this.stream.counters.droppedOutBytes;
  }

  floodedFrames(): number {
    return this.stream.counters.floodedFrames;
  }

  private sent(message: string | Uint8Array): void {
    if (typeof message === 'string') this.commands.push(message);
    if (this.isFrozen) {
      this.socket.unsentBytes += message.length;
      return;
    }
    this.line.carry('there', () => {
      if (typeof message === 'string') this.queue.text(message);
      else this.queue.audio(message);
    });
  }

  private tick(): void {
    if (this.isOver) return;
    if (!this.isFrozen) {
      this.queue.tick();
      if (!this.isOnHold) this.speaks(this.silence);
    }
    this.clock.after(TICK_MS, () => this.tick());
  }

  private arrives(data: Buffer, isBinary: boolean): void {
    if (!this.isOver && !this.isFrozen)
      this.line.carry('here', () => this.socket.listener?.onMessage(data, isBinary));
  }

  /** The socket confirms our close frame; nothing follows. */
  private over(): void {
    this.isOver = true;
    this.clock.after(0, () => this.socket.listener?.onClosed(1000));
  }
}
