import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP line to a server that can hang: connections stay open, new ones are accepted, no data passes. */
export class HangingLine {
  private readonly sockets = new Set<Socket>();
  private isHanging = false;

  private constructor(
    private readonly server: Server,
    /** The server's address as seen over this line. */
    readonly url: string,
  ) {}

  /** @param target address of the server, such as `redis://127.0.0.1:6379` */
  static async to(target: string): Promise<HangingLine> {
    const address = new URL(target);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const far = { host: address.hostname, port: Number(address.port) };
    address.hostname = '127.0.0.1';
    address.port = String((server.address() as AddressInfo).port);
    const line = new HangingLine(server, address.href);
    server.on('connection', (near) => line.join(near, connect(far)));
    return line;
  }

  hang(isHanging: boolean): void {
    this.isHanging = isHanging;
    for (const socket of this.sockets)
      if (isHanging) socket.pause();
      else socket.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (data) => to.write(data));
      from.on('error', () => undefined);
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      if (this.isHanging) from.pause();
    }
  }
}
