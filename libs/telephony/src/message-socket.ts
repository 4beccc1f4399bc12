import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

/** Receives the messages of a socket. A socket has one listener; setting another replaces it. */
export interface SocketListener {
  /** Called with a whole message. The memory belongs to the listener. */
  onMessage(data: Buffer, isBinary: boolean): void;
  /** Called once, as the last call. 1006 when the connection closed without a close frame. */
  onClosed(code: number): void;
}

/** A connection that carries messages, as caller streams use it. */
export interface MessageSocket {
  listener: SocketListener | null;
  readonly isOpen: boolean;
  /** Bytes written and not yet sent to the network. */
  readonly unsentBytes: number;
  /** Sends each argument as a message, all in one write. Does nothing on a closing or closed socket. */
  send(...messages: readonly (string | Uint8Array)[]): void;
  /** Sends a close frame; the connection ends when the peer's close frame arrives. */
  close(code: number, reason: string): void;
  terminate(): void;
}

const AS_TEXT = { binary: false };

/** A message socket on a `ws` WebSocket. Strings are sent as text messages. */
export class WsMessageSocket implements MessageSocket {
  listener: SocketListener | null = null;
  private readonly bytesOptions: { readonly binary: boolean };

  /** @param bytesAs the kind of message that bytes are sent as: text where they are encoded text */
  constructor(
    private readonly socket: WebSocket,
    /** The connection under `socket`, corked so that messages sent together leave in one write. */
    private readonly connection: Duplex,
    bytesAs: 'text' | 'binary',
  ) {
    this.bytesOptions = { binary: bytesAs === 'binary' };
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
    for (const message of messages)
      this.socket.send(message, typeof message === 'string' ? AS_TEXT : this.bytesOptions);
    this.connection.uncork();
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }
}
