import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** Header of three bytes and a UUID. */
export const FIRST_FRAME_BYTES = 19;

/**
 * A relay's AudioSocket that says its name: one byte with its length, then the name, once the first frame is
 * there. What comes after that frame is sent back, byte for byte.
 */
export class AudioSocketServer {
  /** First frames, as hexadecimal, in the order they came. */
  readonly firstFrames: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly name: string,
    private readonly server: Server,
  ) {}

  static async start(name: string, address: string, port: number): Promise<AudioSocketServer> {
    const server = createServer((socket) => void named.accept(socket));
    const named = new AudioSocketServer(name, server);
    server.listen(port, address);
    await once(server, 'listening');
    return named;
  }

  /** How many connections are open. */
  get open(): number {
    return this.sockets.size;
  }

  /** Ends as a process that is killed. */
  stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => socket.destroy());
    let before = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      if (before.length >= FIRST_FRAME_BYTES) return void socket.write(bytes);
      before = Buffer.concat([before, bytes]);
      if (before.length < FIRST_FRAME_BYTES) return;
      this.firstFrames.push(before.subarray(0, FIRST_FRAME_BYTES).toString('hex'));
      socket.write(Buffer.concat([Buffer.of(this.name.length), Buffer.from(this.name)]));
      if (before.length > FIRST_FRAME_BYTES) socket.write(before.subarray(FIRST_FRAME_BYTES));
    });
  }
}
