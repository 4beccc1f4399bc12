import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { FrameClock, Ticking } from './frame-clock.ts';
import type { Histogram } from './histogram.ts';

/** Sums over all AudioSocket calls of the driver. */
export interface AudioSocketTotals {
  framesSent: number;
  framesHeard: number;
  /** Closed by the relay while the caller was still there. */
  lost: number;
  /** Time between two frames of the relay, in µs. */
  readonly spacing: Histogram;
}

const HEADER_BYTES = 3;
const ID_KIND = 0x01;
const KIND_OF_RATE: Readonly<Record<number, number>> = { 8_000: 0x10, 16_000: 0x12 };

/** Asterisk's end of one AudioSocket, stripped to what costs a relay something. */
export class AudioSocketCall implements Ticking {
  readonly ended: Promise<void>;
  private readonly socket: Socket;
  private readonly voice: Buffer;
  private heardAtUs = 0;
  /** Bytes until the next frame begins. */
  private missing = 0;
  private header = Buffer.alloc(0);
  private isLeaving = false;

  constructor(
    port: number,
    rateHz: number,
    private readonly clock: FrameClock,
    private readonly totals: AudioSocketTotals,
  ) {
    const bytes = (rateHz / 1_000) * 20 * 2;
    this.voice = Buffer.alloc(HEADER_BYTES + bytes, 0x11);
    this.voice.set([KIND_OF_RATE[rateHz] ?? 0, bytes >> 8, bytes & 0xff]);
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('connect', () => {
      this.socket.write(Buffer.concat([Buffer.of(ID_KIND, 0, 16), randomBytes(16)]));
      this.clock.add(this);
    });
    this.socket.on('data', (chunk: Buffer) => this.heard(chunk));
    this.socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.socket.on('close', () => {
        this.clock.remove(this);
        if (!this.isLeaving) this.totals.lost += 1;
        resolve();
      });
    });
  }

  tick(): void {
    this.totals.framesSent += 1;
    this.socket.write(this.voice);
  }

  /** The caller hangs up. */
  leave(): void {
    this.isLeaving = true;
    this.clock.remove(this);
    this.socket.end();
  }

  private heard(chunk: Buffer): void {
    let at = Math.min(this.missing, chunk.length);
    this.missing -= at;
    while (at < chunk.length) {
      const header = Buffer.concat([this.header, chunk.subarray(at, at + HEADER_BYTES - this.header.length)]);
      at += header.length - this.header.length;
      if (header.length < HEADER_BYTES) {
        this.header = header;
        return;
      }
      this.header = Buffer.alloc(0);
      this.frameBegan();
      const length = header.readUInt16BE(1);
      const here = Math.min(length, chunk.length - at);
      this.missing = length - here;
      at += here;
    }
  }

  private frameBegan(): void {
    const nowUs = performance.now() * 1_000;
    this.totals.framesHeard += 1;
    if (this.heardAtUs > 0) this.totals.spacing.add(nowUs - this.heardAtUs);
    this.heardAtUs = nowUs;
  }
}
