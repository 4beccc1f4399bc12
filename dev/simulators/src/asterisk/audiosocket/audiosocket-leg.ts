import type { Socket } from 'node:net';
import type { Clock, Timer } from '@tandem/kit';
import type { Ear, RelayLeg } from '../channel/relay-leg.ts';
import type { ReleaseBehaviour } from '../reference/release.ts';
import type { Codec } from './codecs.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameSpacing } from './frame-spacing.ts';
import { digitFrame, uuidFrame } from './frames.ts';
import { type LegEnd, type LegEndCause, type LegForm, LegLog, type LegReport } from './leg-report.ts';

/** Asterisk waits this long for the rest of a payload. */
const PAYLOAD_MS = 5;
/** Silence of both sides after which the application gives up. */
const IDLE_MS = 2_000;

export interface LegParts {
  readonly socket: Socket;
  readonly form: LegForm;
  readonly address: string;
  readonly uuid: string;
  readonly codec: Codec;
  readonly release: ReleaseBehaviour;
  readonly clock: Clock;
  /** Ms from the start of the call. */
  readonly callMs: () => number;
  readonly onEnded: (end: LegEnd) => void;
  /** Keeps a socket that is left open on purpose, to be destroyed when the simulator stops. */
  readonly keep: (socket: Socket) => void;
  /** A caller's hang-up may find unread audio of the relay: closing then sends a reset in place of a FIN. */
  readonly closesWithReset: boolean;
}

/** Asterisk's end of one AudioSocket connection: application or channel driver. */
export class AudioSocketLeg implements RelayLeg {
  readonly codec: Codec;
  readonly log: LegLog;
  private readonly parts: LegParts;
  private readonly socket: Socket;
  private readonly reader: FrameReader;
  private readonly spacing = new FrameSpacing();
  private readonly pieces: Buffer[] = [];
  private payloadTimer: Timer | null = null;
  private idleTimer: Timer | null = null;
  private isWriting = true;
  private isFlushing = false;
  ear: Ear | null = null;
  /** Voice frames sent in the place of one. */
  mediaPerTick = 1;
  /** Size of the pieces in which frames are written; 0 writes them whole. */
  pieceBytes = 0;

  constructor(parts: LegParts) {
    this.parts = parts;
    this.socket = parts.socket;
    this.codec = parts.codec;
    this.log = new LegLog(parts, this.spacing);
    this.reader = new FrameReader(
      {
        onAudio: (codec, payload) => this.audioCame(codec, payload),
        onHangup: () => this.end('hung-up-by-relay', 'a hang-up frame'),
        onProtocolError: (detail) => this.end('protocol-error', detail),
      },
      parts.release.joinsSplitHeaders,
    );
    this.socket.on('data', (chunk) => this.dataCame(chunk));
    this.socket.on('end', () => this.finCame());
    this.socket.on('error', (error) => this.end('connection-reset', error.message));
    this.log.openedAtMs = parts.callMs();
  }

  get hasEnded(): boolean {
    return this.log.end !== null;
  }

  report(): LegReport {
    return this.log.report();
  }

  /** Introduces the call. The first frame of every connection. */
  open(uuid = this.parts.uuid): void {
    if (this.parts.form === 'application') this.activity();
    this.write(uuidFrame(uuid));
  }

  sendVoice(frame: Buffer): void {
    for (let copy = 0; copy < this.mediaPerTick; copy += 1) {
      if (!this.write(frame)) return;
      this.log.framesSent += 1;
    }
    if (this.idleTimer) this.activity();
  }

  sendDigit(digit: string): void {
    if (!this.parts.release.sendsDigits) this.log.digitsDropped += 1;
    else if (this.write(digitFrame(digit))) this.log.digitsSent += 1;
  }

  /** Closes as Asterisk does at the end of a leg: a FIN, no hang-up frame. */
  close(detail: string): void {
    this.end('closed-by-asterisk', detail);
  }

  /** Sends bytes that are no frame of a call. */
  sendRaw(bytes: Uint8Array): void {
    if (!this.hasEnded && this.isWriting) this.writePieces(Buffer.from(bytes));
  }

  /** Neither reads nor writes any more; the connection stays. */
  freeze(): void {
    this.isWriting = false;
    this.socket.pause();
  }

  unfreeze(): void {
    this.isWriting = true;
    this.socket.resume();
  }

  pauseReading(): void {
    this.socket.pause();
  }

  resumeReading(): void {
    if (this.isWriting) this.socket.resume();
  }

  /** Breaks the connection with a reset. */
  reset(): void {
    this.conclude({ cause: 'fault', detail: 'reset' });
    this.socket.resetAndDestroy();
  }

  /** Sends a FIN and leaves its own half open for ever. */
  halfClose(): void {
    this.conclude({ cause: 'fault', detail: 'half-closed' });
    this.parts.keep(this.socket);
    this.socket.end();
  }

  /** Is gone without a FIN, as a host without power. */
  vanish(): void {
    this.conclude({ cause: 'fault', detail: 'vanished' });
    this.parts.keep(this.socket);
    this.socket.pause();
  }

  /** Returns whether the frame went out. A write that the kernel does not take whole ends the leg. */
  private write(frame: Buffer): boolean {
    if (this.hasEnded || !this.isWriting) return false;
    if (this.pieceBytes > 0 || this.isFlushing) {
      this.writePieces(frame);
      return true;
    }
    this.socket.write(frame);
    if (this.socket.writableLength === 0) return true;
    this.isWriting = false;
    // A connection that the relay has reset does not take it either; its error comes first.
    setImmediate(() => this.end('short-write', `a frame of ${frame.length} bytes was not taken whole`));
    return false;
  }

  private writePieces(frame: Buffer): void {
    const pieceBytes = this.pieceBytes > 0 ? this.pieceBytes : frame.length;
    for (let at = 0; at < frame.length; at += pieceBytes)
      this.pieces.push(frame.subarray(at, at + pieceBytes));
    if (!this.isFlushing) this.flushPiece();
  }

  private flushPiece(): void {
    const piece = this.hasEnded ? undefined : this.pieces.shift();
    this.isFlushing = piece !== undefined;
    if (!piece) return;
    this.socket.write(piece);
    setImmediate(() => this.flushPiece());
  }

  private dataCame(chunk: Buffer): void {
    this.payloadTimer?.cancel();
    this.payloadTimer = null;
    if (this.hasEnded) return;
    if (this.idleTimer) this.activity();
    this.reader.push(chunk);
    if (this.reader.isInsidePayload && !this.hasEnded) this.awaitPayload();
  }

  private audioCame(codec: Codec, payload: Buffer): void {
    const lengthMs = (payload.length * 500) / codec.rateHz;
    this.log.framesReceived += 1;
    this.log.bytesReceived += payload.length;
    this.log.receivedMs += lengthMs;
    this.spacing.add(this.parts.callMs(), lengthMs);
    this.ear?.hear(payload, codec);
  }

  /** Bytes that have arrived by then are read first, so a late event loop does not count as a late relay. */
  private awaitPayload(): void {
    const timer = this.parts.clock.after(PAYLOAD_MS, () =>
      setImmediate(() => {
        if (this.payloadTimer !== timer) return;
        this.end('protocol-error', `the rest of a payload did not come within ${PAYLOAD_MS} ms`);
      }),
    );
    this.payloadTimer = timer;
  }

  private finCame(): void {
    if (this.reader.isInsidePayload) this.end('cut-in-frame', 'the relay closed inside a frame');
    else this.end('closed-by-relay', 'the relay closed');
  }

  private activity(): void {
    this.idleTimer?.cancel();
    this.idleTimer = this.parts.clock.after(IDLE_MS, () => this.end('idle', `nothing for ${IDLE_MS} ms`));
  }

  private end(cause: LegEndCause, detail: string): void {
    if (this.hasEnded) return;
    this.conclude({ cause, detail });
    if (cause === 'closed-by-asterisk' && this.parts.closesWithReset) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }

  private conclude(end: LegEnd): void {
    this.payloadTimer?.cancel();
    this.payloadTimer = null;
    this.idleTimer?.cancel();
    this.idleTimer = null;
    if (this.hasEnded) return;
    this.log.end = end;
    this.log.endedAtMs = this.parts.callMs();
    this.parts.onEnded(end);
  }
}
