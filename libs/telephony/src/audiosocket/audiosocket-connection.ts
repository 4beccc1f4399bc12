import type { Socket } from 'node:net';
import type { MessageSocket, SocketListener } from '../message-socket.ts';
import { HANG_UP_FRAME } from './audiosocket-frames.ts';
import { FrameParser } from './frame-parser.ts';

/** Codes of {@link SocketListener.onClosed}, as a WebSocket has them: a clean end, and none. */
export const CLOSED_CLEANLY = 1000;
const CLOSED_ABRUPTLY = 1006;

/** How long a peer may take to close after we have. */
const CLOSE_TIMEOUT_MS = 1_000;

const BAD_FRAME = Buffer.alloc(0);

/**
 * A TCP connection that carries AudioSocket frames as messages, header included. A frame that makes no sense
 * is an empty message. Each message is sent in one write: releases before 22.9 and 20.20 misread a header
 * that comes in parts. Reading never pauses, because Asterisk gives a call up at its first short write.
 */
export class AudioSocketConnection implements MessageSocket {
  listener: SocketListener | null = null;
  private readonly parser = new FrameParser({
    onFrame: (frame) => this.listener?.onMessage(frame, true),
    onBadFrame: () => this.listener?.onMessage(BAD_FRAME, true),
  });
  private isClosing = false;
  private hasEnded = false;

  /** @param onError called with each error of the connection, which closes it */
  constructor(
    private readonly socket: Socket,
    onError: (error: Error) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.parser.push(chunk));
    socket.on('error', onError);
    // Half a connection is of no use: what waits to be sent would keep it open while the peer does not read.
    socket.on('end', () => {
      this.hasEnded = this.parser.isAtBoundary;
      socket.destroy();
    });
    socket.on('close', () => this.listener?.onClosed(this.hasEnded ? CLOSED_CLEANLY : CLOSED_ABRUPTLY));
  }

  get isOpen(): boolean {
    return !this.isClosing && this.socket.writable;
  }

  get unsentBytes(): number {
    return this.socket.writableLength;
  }

  send(...messages: readonly (string | Uint8Array)[]): void {
    if (!this.isOpen) return;
    for (const message of messages) this.socket.write(message);
  }

  /** Ends the call's leg in Asterisk, whose dialplan continues. There is no way to say why. */
  close(): void {
    if (this.isClosing) return;
    if (!this.socket.writable) return this.terminate();
    this.isClosing = true;
    this.socket.end(HANG_UP_FRAME);
    const timer = setTimeout(() => this.socket.destroy(), CLOSE_TIMEOUT_MS);
    this.socket.once('close', () => clearTimeout(timer));
  }

  terminate(): void {
    this.isClosing = true;
    this.socket.destroy();
  }

  /** Calls `run` once, when the connection is closed. */
  once(event: 'close', run: () => void): void {
    this.socket.once(event, run);
  }
}
