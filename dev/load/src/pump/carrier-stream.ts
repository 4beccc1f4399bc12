import {
  CONNECTED,
  markMessage,
  mediaHead,
  mediaTail,
  startMessage,
  stopMessage,
  type StreamIdentity,
} from './carrier-messages.ts';
import { CarrierPlayout } from './carrier-playout.ts';
import type { Distance } from './distance.ts';
import type { FrameClock, Ticking } from './frame-clock.ts';
import type { Histogram } from './histogram.ts';
import { audioAt, nowUs, ODD_US, readStamp, writeStamp } from './stamp.ts';
import { WsClient } from './ws-client.ts';
import { headerBytes, seal, textOf, type Message } from './ws-frames.ts';

/** Sums over all streams of the driver. */
export interface CarrierTotals {
  framesSent: number;
  mediaHeard: number;
  marks: number;
  clears: number;
  /** Closed by the relay while the caller was still there. */
  lost: number;
  /** From the model's sending to the carrier's receiving. */
  readonly latency: Histogram;
}

export type Habit =
  | 'ordinary'
  /** Sends at fifty times real time. */
  | 'floods'
  /** Stops reading once it is connected. */
  | 'stalls';

const PAYLOAD_BYTES = 160;
const PAYLOAD_CHARACTERS = Math.ceil(PAYLOAD_BYTES / 3) * 4;
const VOICE = Buffer.alloc(PAYLOAD_BYTES, 0x5a).toString('base64');
const FLOOD_FACTOR = 50;

/**
 * Twilio's end of one Media Stream, stripped to what costs a relay something: frames out, playout, marks
 * back.
 */
export class CarrierStream implements Ticking {
  readonly ended: Promise<'caller' | 'relay'>;
  private readonly socket: WsClient;
  private readonly mediaTail: string;
  private readonly playout: CarrierPlayout;
  private sequence = 1;
  private chunk = 0;
  /** The caller's frames that wait for the line. */
  private dueFrames = 0;
  private isLeaving = false;
  private resolveEnded!: (by: 'caller' | 'relay') => void;

  constructor(
    url: URL,
    private readonly identity: StreamIdentity,
    private readonly habit: Habit,
    private readonly clock: FrameClock,
    private readonly totals: CarrierTotals,
    private readonly distance: Distance,
  ) {
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
    this.mediaTail = mediaTail(identity);
    this.playout = new CarrierPlayout(distance);
    this.socket = new WsClient(url, {
      onOpen: () => this.open(),
      onText: (message) => this.heard(message),
      onClosed: () => this.closed(),
    });
  }

  tick(nowMs: number): void {
    this.dueFrames += this.habit === 'floods' ? FLOOD_FACTOR : 1;
    if (this.distance.isHeldUp(nowMs)) return;
    for (; this.dueFrames > 0; this.dueFrames -= 1) this.sendMedia();
    for (let name = this.playout.takeMark(nowMs); name !== null; name = this.playout.takeMark(nowMs))
      this.echo(name);
  }

  /** The caller hangs up. */
  leave(): void {
    if (this.isLeaving) return;
    this.isLeaving = true;
    this.clock.remove(this);
    this.socket.say(stopMessage(this.identity, ++this.sequence));
    this.socket.end();
  }

  private open(): void {
    this.socket.say(CONNECTED);
    this.socket.say(startMessage(this.identity, this.sequence));
    this.clock.add(this);
    if (this.habit === 'stalls') this.socket.pause();
  }

  private sendMedia(): void {
    this.chunk += 1;
    this.sequence += 1;
    this.totals.framesSent += 1;
    const head = mediaHead(this.sequence, this.chunk);
    const length = head.length + PAYLOAD_CHARACTERS + this.mediaTail.length;
    const start = headerBytes(length, true);
    const frame = Buffer.allocUnsafe(start + length);
    frame.write(head + VOICE + this.mediaTail, start, 'latin1');
    writeStamp(frame, start + head.length, nowUs() + (this.habit === 'ordinary' ? 0 : ODD_US));
    this.socket.send(seal(frame, length, true));
  }

  private heard(message: Message): void {
    const { buffer, start, end } = message;
    // `{"event":"clear"`, `{"event":"mark"` and `{"event":"media"` differ in one letter.
    if (buffer[start + 10] === 0x63) this.cleared();
    else if (buffer[start + 10] === 0x6d && buffer[start + 11] === 0x61) this.mark(textOf(message));
    else {
      const at = audioAt(buffer, start, end);
      if (at < 0) return;
      this.totals.mediaHeard += 1;
      this.totals.latency.add(nowUs() - readStamp(buffer, at));
      this.playout.add(((end - at - 3) / 4) * 3);
    }
  }

  private mark(text: string): void {
    const { mark } = JSON.parse(text) as { mark: { name: string } };
    this.playout.mark(mark.name);
  }

  private cleared(): void {
    this.totals.clears += 1;
    this.playout.clear();
  }

  private echo(name: string): void {
    this.totals.marks += 1;
    this.socket.say(markMessage(this.identity, ++this.sequence, name));
  }

  private closed(): void {
    this.clock.remove(this);
    if (!this.isLeaving) this.totals.lost += 1;
    this.resolveEnded(this.isLeaving ? 'caller' : 'relay');
  }
}
