import { connect, type Socket } from 'node:net';
import { closeFrame, FrameReader, pongFrame, textFrame, type Message } from './ws-frames.ts';
import { upgradeRequest } from './ws-handshake.ts';

interface WsListener {
  onOpen(): void;
  onText(message: Message): void;
  onClosed(): void;
}

/** A WebSocket of the load driver: text and sealed frames out, whole messages in, pings answered. */
export class WsClient {
  private readonly socket: Socket;
  private readonly reader: FrameReader;
  private isOpen = false;

  constructor(
    url: URL,
    private readonly listener: WsListener,
  ) {
    this.reader = new FrameReader(
      (message) => listener.onText(message),
      (kind) => this.control(kind),
    );
    this.socket = connect(Number(url.port), url.hostname);
    this.socket.setNoDelay(true);
    this.socket.on('connect', () => this.socket.write(upgradeRequest(url)));
    this.socket.on('data', (chunk) => this.received(chunk));
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('close', () => listener.onClosed());
  }

  say(text: string): void {
    this.socket.write(textFrame(text, true));
  }

  /** Sends a frame that is masked already. */
  send(frame: Buffer): void {
    this.socket.write(frame);
  }

  /** Stops reading until `end`. */
  pause(): void {
    this.socket.pause();
  }

  end(): void {
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
    this.isOpen = true;
    this.listener.onOpen();
    if (chunk.length > end + 4) this.reader.push(chunk.subarray(end + 4));
  }

  private control(kind: 'close' | 'ping'): void {
    if (kind === 'ping') this.socket.write(pongFrame(true));
    else this.socket.end(closeFrame(true));
  }
}
