import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { frame } from '../audiosocket/frames.ts';
import { until } from '../../twilio/testing/bench.ts';

/** One connection as the relay sees it. */
export class RelayConnection {
  readonly socket: Socket;
  readonly frames: { readonly type: number; readonly payload: Buffer }[] = [];
  /** How the other side ended: a FIN, a reset, or not yet. */
  ending: 'fin' | 'reset' | null = null;
  private rest = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.read(chunk));
    socket.on('end', () => (this.ending ??= 'fin'));
    socket.on('error', () => (this.ending ??= 'reset'));
  }

  get uuid(): string | null {
    const hex = this.frames[0]?.type === 0x01 ? this.frames[0].payload.toString('hex') : null;
    return hex?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') ?? null;
  }

  get audioTypes(): ReadonlySet<number> {
    return new Set(this.frames.flatMap(({ type }) => (type >= 0x10 && type <= 0x18 ? [type] : [])));
  }

  get digits(): string {
    return this.frames.flatMap(({ type, payload }) => (type === 0x03 ? [payload.toString()] : [])).join('');
  }

  /** Sends a tone or silence of one frame. */
  sendAudio(type: number, bytes: number, level = 0): void {
    const payload = Buffer.alloc(bytes);
    for (let at = 0; at < bytes; at += 2) payload.writeInt16LE(at % 4 === 0 ? level : -level, at);
    this.socket.write(frame(type, payload));
  }

  hangUp(): void {
    this.socket.write(frame(0x00, Buffer.alloc(0)));
  }

  private read(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    while (this.rest.length >= 3 && this.rest.length >= 3 + this.rest.readUInt16BE(1)) {
      const length = this.rest.readUInt16BE(1);
      this.frames.push({ type: this.rest[0] as number, payload: this.rest.subarray(3, 3 + length) });
      this.rest = this.rest.subarray(3 + length);
    }
  }
}

/** An AudioSocket server that does nothing by itself. */
export class FakeRelay {
  readonly connections: RelayConnection[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor() {
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      this.connections.push(new RelayConnection(socket));
    });
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Returns the connection with this number, from 0, once it has introduced itself. */
  async connection(index = 0): Promise<RelayConnection> {
    await until(() => (this.connections[index]?.frames.length ?? 0) > 0);
    return this.connections[index] as RelayConnection;
  }
}
