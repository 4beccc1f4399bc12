import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Clock, Timer } from '@tandem/kit';
import WebSocket from 'ws';
import type { Link } from '../../link/link.ts';
import { PlayoutBuffer, type MarkCause, type PendingMark } from '../audio/playout-buffer.ts';
import type { ErrorCode } from '../reference/call-errors.ts';
import { handshakeFailure } from './handshake-failure.ts';
import { readServerMessage } from './server-messages.ts';
import {
  CONNECTED_MESSAGE,
  StreamEncoder,
  type StreamIdentity,
  type StreamTrack,
} from './stream-messages.ts';
import { type StreamEnd, type StreamReport, StreamLog } from './stream-report.ts';

interface MediaStreamOptions {
  readonly identity: StreamIdentity;
  /** The URL in the TwiML, which is signed and reported. */
  readonly url: string;
  /** The address that is really connected to. */
  readonly address: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: { readonly rejectUnauthorized?: boolean; readonly ca?: string };
  readonly name: string;
  readonly customParameters: Readonly<Record<string, string>>;
  readonly tracks: readonly StreamTrack[];
  /** From `<Connect>`; a fork from `<Start>` accepts nothing from the server. */
  readonly isBidirectional: boolean;
  readonly handshakeTimeoutMs: number;
  /** Unsent bytes above which caller audio is discarded and 31930 raised. */
  readonly overflowBytes: number;
  /** The connection goes over it. */
  readonly link: Link;
  readonly clock: Clock;
  readonly startedAtMs: number;
}

interface MediaStreamListener {
  onOpen(): void;
  onFault(code: ErrorCode, detail: string): void;
  /** Exactly once, also when the handshake failed. */
  onEnded(end: StreamEnd): void;
}

const CLOSE_GRACE_MS = 2000;

/** One Media Stream: Twilio's end of the WebSocket. Driven by the line's 20 ms ticks. */
export class MediaStream {
  private readonly options: MediaStreamOptions;
  private readonly listener: MediaStreamListener;
  private readonly socket: WebSocket;
  private readonly encoder: StreamEncoder;
  private readonly playout: PlayoutBuffer;
  private readonly log: StreamLog;
  private tcp: Socket | null = null;
  private closeTimer: Timer | null = null;
  private opened = false;
  private isEnded = false;
  private isStopping = false;
  private isFrozen = false;
  private isCongested = false;
  private protocolFault: string | null = null;
  /** Fault: media messages sent per tick; 1 is real time. */
  mediaPerTick = 1;
  /** Fault: sends every message twice. */
  isDuplicating = false;
  /** Fault: this many media messages are numbered and then lost. */
  mediaToLose = 0;
  /** Fault: this many marks never come back. */
  marksToLose = 0;
  private heldMarks: string[] | null = null;

  constructor(options: MediaStreamOptions, listener: MediaStreamListener) {
    this.options = options;
    this.listener = listener;
    this.encoder = new StreamEncoder(options.identity);
    this.log = new StreamLog(options);
    this.playout = new PlayoutBuffer((mark, cause) => this.echoMark(mark, cause));
    const { address, headers, tls, handshakeTimeoutMs } = options;
    this.socket = new WebSocket(address, {
      headers,
      ...tls,
      handshakeTimeout: handshakeTimeoutMs,
      perMessageDeflate: false,
    });
    this.listen();
  }

  get streamSid(): string {
    return this.options.identity.streamSid;
  }

  get name(): string {
    return this.options.name;
  }

  get isOpen(): boolean {
    return this.opened && !this.isEnded;
  }

  get report(): StreamReport {
    return this.log.report(this.playout);
  }

  /** Advances the playout by one frame: fills `into` and returns how many bytes are sound from the server. */
  play(into: Uint8Array): number {
    if (this.isFrozen) return 0;
    this.playout.settle();
    return this.playout.take(into);
  }

  /** Sends one frame of a track; null is silence. */
  sendMedia(track: StreamTrack, base64: string | null): void {
    if (!this.isOpen || this.isFrozen) return;
    for (let i = 0; i < this.mediaPerTick; i += 1) this.sendFrame(track, base64);
  }

  sendDigit(digit: string): void {
    if (this.isOpen && !this.isFrozen && this.options.isBidirectional) this.send(this.encoder.dtmf(digit));
  }

  /** The stream or the call is over: sends `stop` and closes. */
  stop(): void {
    if (this.isEnded || this.isStopping) return;
    this.isStopping = true;
    if (!this.opened) {
      this.socket.terminate();
      return this.end({ cause: 'stopped', code: null, detail: 'stopped before the handshake was over' });
    }
    if (!this.isFrozen) this.send(this.encoder.stop());
    this.options.link.toServer.send(() => this.socket.close(1000));
    this.closeTimer = this.options.clock.after(CLOSE_GRACE_MS, () => this.socket.terminate());
    this.end({ cause: 'stopped', code: null, detail: 'stopped by the call' });
  }

  /** Destroys the connection. */
  terminate(): void {
    this.closeTimer?.cancel();
    this.options.link.drop();
    this.socket.terminate();
  }

  /** Closes after an error of the server's. */
  breakOff(code: ErrorCode, detail: string): void {
    this.options.link.toServer.send(() => this.socket.close(1002));
    this.end({ cause: 'protocol-error', code, detail });
  }

  /** Fault: the connection breaks with a reset. */
  cut(): void {
    this.options.link.drop();
    const tcp = this.tcp;
    if (!tcp) return this.socket.terminate();
    if (tcp instanceof TLSSocket) tcp.destroy();
    else tcp.resetAndDestroy();
  }

  /** Fault: neither reads nor writes any more and does not close either. */
  freeze(): void {
    this.isFrozen = true;
    this.socket.pause();
  }

  unfreeze(): void {
    this.isFrozen = false;
    this.socket.resume();
  }

  /** Fault: holds marks back; `releaseMarks` sends them all at once. */
  holdMarks(): void {
    this.heldMarks ??= [];
  }

  releaseMarks(): void {
    const held = this.heldMarks ?? [];
    this.heldMarks = null;
    for (const name of held) this.sendMark(name);
  }

  /** Fault: stops reading while writing continues. */
  pauseReading(): void {
    this.socket.pause();
  }

  resumeReading(): void {
    this.socket.resume();
  }

  /** Fault: sends a text Twilio never would. */
  sendRaw(text: string): void {
    if (this.isOpen) this.transmit(text);
  }

  private listen(): void {
    const socket = this.socket;
    const { toClient } = this.options.link;
    socket.on('upgrade', (response: IncomingMessage) => (this.tcp = response.socket));
    socket.on('open', () => toClient.send(() => this.open()));
    socket.on('message', (data: Buffer, isBinary: boolean) =>
      toClient.send(() => this.receive(data, isBinary)),
    );
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      this.end({
        cause: 'handshake-failed',
        code: 31_920,
        detail: `the server answered ${response.statusCode ?? 0} instead of 101`,
      });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => this.fail(error));
    socket.on('close', (code: number) => toClient.send(() => this.closed(code)));
  }

  private open(): void {
    if (this.isEnded) return;
    this.opened = true;
    this.log.openedAtMs = this.nowMs();
    this.send(CONNECTED_MESSAGE);
    this.send(this.encoder.start(this.options.tracks, this.options.customParameters));
    this.listener.onOpen();
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (this.isFrozen) return;
    if (this.isEnded) return this.tooLate(data, isBinary);
    if (!this.options.isBidirectional) return this.refuse('a one-way stream accepts no messages');
    if (isBinary) return this.refuse('binary message');
    const message = readServerMessage(data.toString(), this.streamSid);
    switch (message.event) {
      case 'media':
        this.log.mediaReceived += 1;
        return this.playout.append(message.audio);
      case 'mark':
        return this.playout.mark(message.name, this.nowMs());
      case 'clear':
        this.log.clears.push(this.nowMs());
        return this.playout.clear();
      case 'invalid':
        return this.refuse(message.reason);
    }
  }

  private tooLate(data: Buffer, isBinary: boolean): void {
    if (!isBinary && readServerMessage(data.toString(), this.streamSid).event === 'media')
      this.log.mediaAfterEnd += 1;
  }

  private refuse(reason: string): void {
    this.log.invalidMessages += 1;
    this.listener.onFault(31_924, reason);
    if (this.log.invalidMessages === 1) this.listener.onFault(31_951, reason);
  }

  private echoMark(mark: PendingMark, cause: MarkCause): void {
    this.log.addMark(mark, cause, this.nowMs());
    if (this.marksToLose > 0) this.marksToLose -= 1;
    else if (this.heldMarks) this.heldMarks.push(mark.name);
    else this.sendMark(mark.name);
  }

  private sendMark(name: string): void {
    if (this.isOpen && !this.isFrozen) this.send(this.encoder.mark(name));
  }

  private sendFrame(track: StreamTrack, base64: string | null): void {
    const unsent = this.socket.bufferedAmount;
    if (unsent > (this.isCongested ? this.options.overflowBytes / 2 : this.options.overflowBytes)) {
      this.encoder.skipChunk(track);
      this.log.mediaDiscarded += 1;
      if (!this.isCongested)
        this.listener.onFault(
          31_930,
          `${unsent} bytes unsent: the server reads too slowly, audio is discarded`,
        );
      this.isCongested = true;
      return;
    }
    this.isCongested = false;
    const message = this.encoder.media(track, base64);
    if (this.mediaToLose > 0) {
      this.mediaToLose -= 1;
      return;
    }
    this.log.mediaSent += 1;
    this.send(message);
  }

  private send(message: string): void {
    this.transmit(message);
    if (this.isDuplicating) this.transmit(message);
  }

  private transmit(text: string): void {
    this.options.link.toServer.send(() => {
      if (this.socket.readyState === WebSocket.OPEN) this.socket.send(text);
    });
  }

  private fail(error: NodeJS.ErrnoException): void {
    if (this.isEnded) return;
    if (!this.opened) return this.end({ cause: 'handshake-failed', ...handshakeFailure(error) });
    // The WebSocket layer names the broken rule; `close` reports a broken connection.
    if (error.code?.startsWith('WS_ERR')) this.protocolFault = error.message;
  }

  private closed(code: number): void {
    this.closeTimer?.cancel();
    if (this.protocolFault !== null) {
      this.end({ cause: 'protocol-error', code: 31_924, detail: this.protocolFault });
    } else if (code === 1006) {
      this.end({
        cause: 'connection-lost',
        code: 31_903,
        detail: 'the connection broke without a close frame',
      });
    } else {
      this.end({
        cause: 'closed-by-server',
        code: 31_921,
        detail: `the server closed the socket with code ${code}`,
      });
    }
  }

  private end(end: StreamEnd): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.log.endedAtMs = this.nowMs();
    this.log.end = end;
    this.listener.onEnded(end);
  }

  private nowMs(): number {
    return this.options.clock.now() - this.options.startedAtMs;
  }
}
