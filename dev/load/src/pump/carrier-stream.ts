import { connect, type Socket } from 'node:net';
import type { Distance } from './distance.ts';
import type { FrameClock, Ticking } from './frame-clock.ts';
import type { Histogram } from './histogram.ts';
import { audioAt, nowUs, ODD_US, readStamp, writeStamp } from './stamp.ts';
import {
  closeFrame,
  FrameReader,
  headerBytes,
  pongFrame,
  seal,
  textFrame,
  textOf,
  upgradeRequest,
  type Message,
} from './ws-frames.ts';

export interface StreamIdentity {
  readonly callSid: string;
  readonly streamSid: string;
  readonly accountSid: string;
  readonly parameters: Readonly<Record<string, string>>;
}

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
const MEDIA_HEAD = '","timestamp":"';
const MEDIA_PAYLOAD = '","payload":"';
const FLOOD_FACTOR = 50;
const BYTES_PER_MS = 8;

/**
 * Twilio's end of one Media Stream, stripped to what costs a relay something: frames out, playout, marks
 * back.
 */
export class CarrierStream implements Ticking {
  readonly ended: Promise<'caller' | 'relay'>;
  private readonly socket: Socket;
  private readonly reader = new FrameReader(
    (message) => this.heard(message),
    (kind) => this.control(kind),
  );
  private readonly mediaTail: string;
  private readonly marks: { readonly name: string; atMs: number }[] = [];
  private playingUntilMs = 0;
  private sequence = 1;
  private chunk = 0;
  /** The caller's frames that wait for the line. */
  private dueFrames = 0;
  private isOpen = false;
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
    this.mediaTail = `"},"streamSid":"${identity.streamSid}"}`;
    this.socket = connect(Number(url.port), url.hostname);
    this.socket.setNoDelay(true);
    this.socket.on('connect', () => this.socket.write(upgradeRequest(url)));
    this.socket.on('data', (chunk) => this.received(chunk));
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('close', () => this.closed());
  }

  tick(nowMs: number): void {
    this.dueFrames += this.habit === 'floods' ? FLOOD_FACTOR : 1;
    if (this.distance.isHeldUp(nowMs)) return;
    for (; this.dueFrames > 0; this.dueFrames -= 1) this.sendMedia();
    for (let mark = this.marks[0]; mark !== undefined && mark.atMs <= nowMs; mark = this.marks[0]) {
      this.marks.shift();
      this.echo(mark.name);
    }
  }

  /** The caller hangs up. */
  leave(): void {
    if (this.isLeaving) return;
    this.isLeaving = true;
    this.clock.remove(this);
    const { callSid, accountSid, streamSid } = this.identity;
    this.say(
      `{"event":"stop","sequenceNumber":"${++this.sequence}","streamSid":"${streamSid}",` +
        `"stop":{"accountSid":"${accountSid}","callSid":"${callSid}"}}`,
    );
    this.socket.end(closeFrame(true));
    this.socket.resume();
  }

  private received(chunk: Buffer): void {
    if (this.isOpen) {
      this.reader.push(chunk);
      return;
    }
    const end = chunk.indexOf('\r\n\r\n');
    if (end < 0 || !chunk.includes(' 101 ')) {
      this.socket.destroy();
      return;
    }
    this.open();
    if (chunk.length > end + 4) this.reader.push(chunk.subarray(end + 4));
  }

  private open(): void {
    this.isOpen = true;
    const { callSid, accountSid, streamSid, parameters } = this.identity;
    this.say('{"event":"connected","protocol":"Call","version":"1.0.0"}');
    const start = {
      accountSid,
      streamSid,
      callSid,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: parameters,
    };
    this.say(JSON.stringify({ event: 'start', sequenceNumber: String(this.sequence), start, streamSid }));
    this.clock.add(this);
    if (this.habit === 'stalls') this.socket.pause();
  }

  private sendMedia(): void {
    this.chunk += 1;
    this.sequence += 1;
    this.totals.framesSent += 1;
    const head =
      `{"event":"media","sequenceNumber":"${this.sequence}","media":{"track":"inbound",` +
      `"chunk":"${this.chunk}${MEDIA_HEAD}${(this.chunk - 1) * 20}${MEDIA_PAYLOAD}`;
    const length = head.length + PAYLOAD_CHARACTERS + this.mediaTail.length;
    const start = headerBytes(length, true);
    const frame = Buffer.allocUnsafe(start + length);
    frame.write(head + VOICE + this.mediaTail, start, 'latin1');
    writeStamp(frame, start + head.length, nowUs() + (this.habit === 'ordinary' ? 0 : ODD_US));
    this.socket.write(seal(frame, length, true));
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
      const bytes = ((end - at - 3) / 4) * 3;
      const arrivesAtMs = performance.now() + this.distance.roundTripMs / 2;
      this.playingUntilMs = Math.max(this.playingUntilMs, arrivesAtMs) + bytes / BYTES_PER_MS;
    }
  }

  private mark(text: string): void {
    const { mark } = JSON.parse(text) as { mark: { name: string } };
    const { roundTripMs } = this.distance;
    const playedAtMs = Math.max(this.playingUntilMs, performance.now() + roundTripMs / 2);
    this.marks.push({ name: mark.name, atMs: playedAtMs + roundTripMs / 2 });
  }

  private cleared(): void {
    this.totals.clears += 1;
    this.playingUntilMs = 0;
    const backAtMs = performance.now() + this.distance.roundTripMs;
    for (const mark of this.marks) mark.atMs = Math.min(mark.atMs, backAtMs);
  }

  private echo(name: string): void {
    this.totals.marks += 1;
    this.say(
      `{"event":"mark","sequenceNumber":"${++this.sequence}",` +
        `"streamSid":"${this.identity.streamSid}","mark":{"name":"${name}"}}`,
    );
  }

  private control(kind: 'close' | 'ping'): void {
    if (kind === 'ping') this.socket.write(pongFrame(true));
    else this.socket.end(closeFrame(true));
  }

  private say(text: string): void {
    this.socket.write(textFrame(text, true));
  }

  private closed(): void {
    this.clock.remove(this);
    if (!this.isLeaving) this.totals.lost += 1;
    this.resolveEnded(this.isLeaving ? 'caller' : 'relay');
  }
}
