import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

/** Whoever holds the socket; a later holder takes the place of an earlier one. */
export interface SocketListener {
  /** A whole message. The memory belongs to the listener. */
  onMessage(data: Buffer, isBinary: boolean): void;
  /** Once, and last. 1006 when the connection went without a close frame. */
  onClosed(code: number): void;
}

/** A connection that carries messages: what a caller stream needs of it. */
export interface MessageSocket {
  listener: SocketListener | null;
  readonly isOpen: boolean;
  /** Bytes written here and not yet taken by the network. */
  readonly unsentBytes: number;
  /** Sends each as a text message, all at once. Does nothing once the socket closes. */
  send(...messages: readonly (string | Uint8Array)[]): void;
  /** Says goodbye and waits a moment for the peer's. */
  close(code: number, reason: string): void;
  terminate(): void;
}

const AS_TEXT = { binary: false };

/** A `ws` socket, as caller streams see one. */
export class WsMessageSocket implements MessageSocket {
  listener: SocketListener | null = null;

  constructor(
    private readonly socket: WebSocket,
    /** What `socket` runs on: messages sent together leave in one write. */
    private readonly connection: Duplex,
  ) {
    socket.on('message', (data: RawData, isBinary) => this.listener?.onMessage(data as Buffer, isBinary));
    socket.on('close', (code) => this.listener?.onClosed(code));
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  get unsentBytes(): number {
    return this.socket.bufferedAmount;
  }

  send(...messages: readonly (string | Uint8Array)[]): void {
    if (!this.isOpen) return;
    this.connection.cork();
    for (const message of messages) this.socket.send(message, AS_TEXT);
    this.connection.uncork();
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }
}
