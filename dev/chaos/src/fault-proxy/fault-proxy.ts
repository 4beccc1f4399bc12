import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Faults of the line; they apply to every connection over it, new and old. */
interface LineFaults {
  /** Each piece of data is delayed by this, each way. */
  readonly latencyMs: number;
  /** A half-open line: nothing passes and nothing is closed. */
  readonly isSilent: boolean;
  /** Bytes a second each way; null for no limit. */
  readonly bytesPerSecond: number | null;
}

const CLEAR_LINE: LineFaults = { latencyMs: 0, isSilent: false, bytesPerSecond: null };

const CHUNK_BYTES = 16 * 1024;
const TICK_MS = 10;
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

  static async start(targets: () => readonly number[]): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new FaultProxy(server, targets);
    server.on('connection', (near) => void proxy.join(near));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
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
  private readonly ways: readonly [Way, Way];
  private isOver = false;

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    faults: LineFaults,
    private readonly onOver: () => void,
  ) {
    this.ways = [new Way(near, far, faults), new Way(far, near, faults)];
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

/** One direction of a connection. On a clear line data passes at once, else it is queued. */
class Way {
  private readonly waiting: { readonly data: Buffer | null; readonly dueAt: number }[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private faults: LineFaults,
  ) {
    from.on('data', (data) => this.take(data));
    from.on('end', () => this.take(null));
    this.set(faults);
  }

  set(faults: LineFaults): void {
    this.faults = faults;
    if (faults.isSilent) this.from.pause();
    else this.from.resume();
    const isClear = !faults.isSilent && faults.latencyMs === 0 && faults.bytesPerSecond === null;
    if (this.timer) clearInterval(this.timer);
    this.timer = isClear ? null : setInterval(() => this.tick(), TICK_MS);
    if (isClear) for (const { data } of this.waiting.splice(0)) this.pass(data);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** @param data null for the end of the stream */
  private take(data: Buffer | null): void {
    if (this.timer === null) return this.pass(data);
    const dueAt = performance.now() + this.faults.latencyMs;
    if (data === null || this.faults.bytesPerSecond === null) this.waiting.push({ data, dueAt });
    else
      for (let at = 0; at < data.length; at += CHUNK_BYTES)
        this.waiting.push({ data: data.subarray(at, at + CHUNK_BYTES), dueAt });
  }

  private tick(): void {
    if (this.faults.isSilent) return;
    let allowed =
      this.faults.bytesPerSecond === null
        ? Number.POSITIVE_INFINITY
        : (this.faults.bytesPerSecond * TICK_MS) / 1000;
    for (
      let next = this.waiting[0];
      next && next.dueAt <= performance.now() && allowed > 0;
      next = this.waiting[0]
    ) {
      this.waiting.shift();
      if (next.data && next.data.length > allowed) {
        this.waiting.unshift({ data: next.data.subarray(Math.ceil(allowed)), dueAt: next.dueAt });
        this.pass(next.data.subarray(0, Math.ceil(allowed)));
        return;
      }
      allowed -= next.data?.length ?? 0;
      this.pass(next.data);
    }
  }

  private pass(data: Buffer | null): void {
    if (data === null) this.to.end();
    else this.to.write(data);
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
