import { ManualClock } from '@tandem/conversation/testing';
import type { CallerStreamFarSide, LineSetting } from '../../testing/caller-stream-far-side.ts';
import { DelayedLine } from '../../testing/delayed-line.ts';
import type { MessageSocket, SocketListener } from '../../message-socket.ts';
import { TWILIO_STREAM_LIMITS, TwilioStream, type TwilioStreamLimits } from '../twilio-stream.ts';
import { CarrierPlayout } from './carrier-playout.ts';

const TICK_MS = 20;
const SILENCE = new Uint8Array(160).fill(0xff);

type Sent =
  | { readonly event: 'media'; readonly media: { readonly payload: string } }
  | { readonly event: 'mark'; readonly mark: { readonly name: string } }
  | { readonly event: 'clear' };

/** The relay's end of a socket to a {@link TwilioFarSide}. */
class LineSocket implements MessageSocket {
  listener: SocketListener | null = null;
  isOpen = true;
  unsentBytes = 0;

  constructor(
    private readonly onSent: (text: string) => void,
    private readonly onClosing: () => void,
  ) {}

  send(...messages: readonly (string | Uint8Array)[]): void {
    if (this.isOpen)
      for (const message of messages) this.onSent(Buffer.from(message as Uint8Array).toString());
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

/**
 * Simulates Twilio's end of a stream: plays, echoes marks, clears, and sends silence while the line is live.
 */
export class TwilioFarSide implements CallerStreamFarSide {
  readonly clock = new ManualClock();
  readonly stream: TwilioStream;
  readonly boundMs: number;
  readonly patienceMs = 30_000;
  readonly errors: unknown[] = [];
  private readonly playout = new CarrierPlayout();
  private readonly socket: LineSocket;
  private readonly limits: TwilioStreamLimits;
  private chunk = 0;
  private readonly line: DelayedLine;
  private isFrozen = false;
  private isDeaf = false;
  private marksToLose = 0;
  private heldMarks: string[] | null = null;
  private isOver = false;

  constructor(line: LineSetting = {}, limits: Partial<TwilioStreamLimits> = {}) {
    this.line = new DelayedLine(this.clock, line);
    this.limits = { ...TWILIO_STREAM_LIMITS, ...limits };
    this.boundMs = this.limits.waitingMs;
    this.socket = new LineSocket(
      (text) => this.sent(text),
      () => this.over(),
    );
    const start = {
      event: 'start',
      streamSid: 'MZ1',
      callSid: 'CA1',
      accountSid: 'AC1',
      parameters: {},
    } as const;
    this.stream = new TwilioStream(
      this.socket,
      start,
      this.clock,
      (error) => this.errors.push(error),
      this.limits,
    );
    this.tick();
  }

  speaks(frame: Uint8Array): void {
    this.chunk += 1;
    this.tells(
      `{"event":"media","sequenceNumber":"${this.chunk + 1}","media":{"track":"inbound",` +
        `"chunk":"${this.chunk}","timestamp":"${(this.chunk - 1) * TICK_MS}",` +
        `"payload":"${Buffer.from(frame).toString('base64')}"},"streamSid":"MZ1"}`,
    );
  }

  presses(digit: string): void {
    this.tells(
      '{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"2",' +
        `"dtmf":{"track":"inbound_track","digit":"${digit}"}}`,
    );
  }

  hangsUp(): void {
    this.tells(
      '{"event":"stop","sequenceNumber":"9","streamSid":"MZ1","stop":{"accountSid":"AC1","callSid":"CA1"}}',
    );
    this.isOver = true;
  }

  isCut(): void {
    this.line.carry('here', () => this.socket.listener?.onClosed(1006));
    this.isOver = true;
  }

  talksNonsense(): void {
    this.tells('{"event":"media","media":');
  }

  freezes(): void {
    this.isFrozen = true;
  }

  fallsDeaf(): void {
    this.isDeaf = true;
  }

  /** Makes the next `count` marks get lost. */
  losesMarks(marks: number): void {
    this.marksToLose = marks;
  }

  /** Delays the echoes of marks by this time; they arrive all at once. */
  holdsMarks(forMs: number): void {
    if (this.heldMarks) return;
    this.heldMarks = [];
    this.clock.after(forMs, () => {
      const held = this.heldMarks ?? [];
      this.heldMarks = null;
      for (const name of held) this.echo(name);
    });
  }

  heardMs(value: number): number {
    return this.playout.heardMs(value);
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

  private sent(text: string): void {
    if (this.isFrozen) {
      this.socket.unsentBytes += text.length;
      return;
    }
    const message = JSON.parse(text) as Sent;
    this.line.carry('there', () => {
      if (message.event === 'media') this.playout.audio(Buffer.from(message.media.payload, 'base64'));
      else if (message.event === 'mark') this.playout.mark(message.mark.name);
      else for (const name of this.playout.clear()) this.echo(name);
    });
  }

  private tick(): void {
    if (this.isOver) return;
    if (!this.isFrozen) {
      if (!this.isDeaf) for (const name of this.playout.tick()) this.echo(name);
      this.speaks(SILENCE);
    }
    this.clock.after(TICK_MS, () => this.tick());
  }

  private echo(name: string): void {
    if (this.marksToLose > 0) {
      this.marksToLose -= 1;
      return;
    }
    if (this.heldMarks) {
      this.heldMarks.push(name);
      return;
    }
    this.tells(`{"event":"mark","sequenceNumber":"3","streamSid":"MZ1","mark":{"name":"${name}"}}`);
  }

  private tells(text: string): void {
    if (!this.isOver)
      this.line.carry('here', () => this.socket.listener?.onMessage(Buffer.from(text), false));
  }

  /** The socket confirms our close frame; nothing follows. */
  private over(): void {
    this.isOver = true;
    this.clock.after(0, () => this.socket.listener?.onClosed(1000));
  }
}
