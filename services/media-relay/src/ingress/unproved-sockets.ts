import type { WebSocket } from 'ws';

/** The part of a socket that is dealt with before it has proved itself. */
export type UnprovedSocket = Pick<WebSocket, 'close' | 'terminate' | 'once'>;

export interface UnprovedLimits {
  /** Sockets at a time. */
  readonly most: number;
  /**
   * How long a refused socket may take to say goodbye; `ws` itself gives it 30 s, and keeps what it sends
   * meanwhile.
   */
  readonly farewellMs: number;
}

/**
 * Sockets that have not shown a valid ticket, bounded in number and time: anyone can open one. Where there
 * are too many the oldest goes, which has had the longest to prove itself; refusing the newest would shut out
 * the carrier.
 */
export class UnprovedSockets {
  /** In the order they came. */
  private readonly sockets = new Set<UnprovedSocket>();
  private readonly farewells = new Map<UnprovedSocket, NodeJS.Timeout>();

  /** @param onCrowdedOut told of each that had to go, after it is gone */
  constructor(
    private readonly limits: UnprovedLimits,
    private readonly onCrowdedOut: () => void,
  ) {}

  get size(): number {
    return this.sockets.size;
  }

  add(socket: UnprovedSocket): void {
    const [oldest] = this.sockets;
    if (oldest && this.sockets.size >= this.limits.most) this.crowdOut(oldest);
    this.sockets.add(socket);
    socket.once('close', () => this.forget(socket));
  }

  /** It belongs to a call from here on, and is no longer dealt with here. */
  proved(socket: UnprovedSocket): void {
    this.forget(socket);
  }

  /** Says goodbye; what does not answer in time is cut off. */
  refuse(socket: UnprovedSocket, code: number, reason: string): void {
    socket.close(code, reason);
    if (!this.farewells.has(socket))
      this.farewells.set(
        socket,
        setTimeout(() => this.cutOff(socket), this.limits.farewellMs),
      );
    socket.once('close', () => this.forget(socket));
  }

  private crowdOut(socket: UnprovedSocket): void {
    this.cutOff(socket);
    this.onCrowdedOut();
  }

  private cutOff(socket: UnprovedSocket): void {
    this.forget(socket);
    socket.terminate();
  }

  private forget(socket: UnprovedSocket): void {
    this.sockets.delete(socket);
    clearTimeout(this.farewells.get(socket));
    this.farewells.delete(socket);
  }
}
