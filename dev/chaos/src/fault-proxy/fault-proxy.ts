import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { CLEAR_LINE, FaultyWay, type LineFaults } from './faulty-way.ts';

const CONNECT_MS = 1_000;

/**
 * A TCP line between two processes that can be slow, silent, narrow or cut. With several targets each
 * connection goes to the next one that accepts it, as behind a load balancer.
 */
export class FaultProxy {
  private readonly pairs = new Set<Pair>();
  private faults = CLEAR_LINE;
  private next = 0;

  private constructor(
    private readonly server: Server,
    /** Ports on loopback. */
    private targets: () => readonly number[],
  ) {}

  /** @param at where it listens; default a free port of 127.0.0.1 */
  static async start(
    targets: () => readonly number[],
    at: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
  ): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new FaultProxy(server, targets);
    server.on('connection', (near) => void proxy.join(near));
    await new Promise<void>((resolve) => server.listen(at.port, at.host, resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Sends new connections to these targets; existing ones stay. */
  lead(port: number): void {
    this.targets = () => [port];
  }

  /** Sets the faults of the line from now on. */
  set(faults: Partial<LineFaults>): void {
    this.faults = { ...CLEAR_LINE, ...faults };
    for (const pair of this.pairs) pair.set(this.faults);
  }

  /** Breaks all connections, or a share of them (0 to 1): with a FIN, or with a reset. */
  cut(how: 'fin' | 'reset', share = 1, random: () => number = Math.random): void {
    for (const pair of [...this.pairs]) if (share >= 1 || random() < share) pair.cut(how);
  }

  async stop(): Promise<void> {
    this.cut('reset');
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async join(near: Socket): Promise<void> {
    near.on('error', () => near.destroy());
    near.pause();
    const far = await this.reach();
    if (!far || near.destroyed) {
      far?.destroy();
      near.resetAndDestroy();
      return;
    }
    const pair = new Pair(near, far, this.faults, () => this.pairs.delete(pair));
    this.pairs.add(pair);
  }

  /** Returns a connection to the next target that accepts one; null when none does. */
  private async reach(): Promise<Socket | null> {
    const targets = this.targets();
    const first = this.next++;
    for (let attempt = 0; attempt < targets.length; attempt += 1) {
      const port = targets[(first + attempt) % targets.length];
      const socket = port === undefined ? null : await connected(port);
      if (socket) return socket;
    }
    return null;
  }
}

class Pair {
  private readonly ways: readonly [FaultyWay, FaultyWay];
  private isOver = false;

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    faults: LineFaults,
    private readonly onOver: () => void,
  ) {
    this.ways = [new FaultyWay(near, far, faults), new FaultyWay(far, near, faults)];
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.cut('reset'));
      socket.on('close', () => this.over());
    }
  }

  set(faults: LineFaults): void {
    for (const way of this.ways) way.set(faults);
  }

  cut(how: 'fin' | 'reset'): void {
    for (const socket of [this.near, this.far]) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.end();
    }
    this.over();
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const way of this.ways) way.stop();
    this.near.destroySoon();
    this.far.destroySoon();
    this.onOver();
  }
}

function connected(port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const timer = setTimeout(() => socket.destroy(), CONNECT_MS);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(null);
    });
  });
}
