import type { WebSocket } from 'ws';

/** The part of a socket that is dealt with before it has proved itself. */
export type UnauthenticatedSocket = Pick<WebSocket, 'close' | 'terminate' | 'once'>;

export interface UnauthenticatedLimits {
  /** Sockets at a time. */
  readonly maxSockets: number;
  /**
   * How long a refused socket may take to say goodbye; `ws` itself gives it 30 s, and keeps what it sends
   * meanwhile.
   */
  readonly closeTimeoutMs: number;
}

/**
 * Sockets that have not shown a valid ticket, bounded in number and time: anyone can open one. Where there
 * are too many the oldest goes, which has had the longest to prove itself; refusing the newest would shut out
 * the carrier.
 */
export class UnauthenticatedSockets {
  /** In the order they came. */
  private readonly sockets = new Set<UnauthenticatedSocket>();
  private readonly closing = new Map<UnauthenticatedSocket, NodeJS.Timeout>();

  /** @param onEvicted told of each that had to go, after it is gone */
  constructor(
    private readonly limits: UnauthenticatedLimits,
    private readonly onEvicted: () => void,
  ) {}

  get size(): number {
    return this.sockets.size;
  }

  add(socket: UnauthenticatedSocket): void {
    const [oldest] = this.sockets;
    if (oldest && this.sockets.size >= this.limits.maxSockets) this.evict(oldest);
    this.sockets.add(socket);
    socket.once('close', () => this.forget(socket));
  }

  /** It belongs to a call from here on, and is no longer dealt with here. */
  markAuthenticated(socket: UnauthenticatedSocket): void {
    this.forget(socket);
  }

  /** Says goodbye; what does not answer in time is cut off. */
  refuse(socket: UnauthenticatedSocket, code: number, reason: string): void {
    socket.close(code, reason);
    if (!this.closing.has(socket))
      this.closing.set(
        socket,
        setTimeout(() => this.terminate(socket), this.limits.closeTimeoutMs),
      );
    socket.once('close', () => this.forget(socket));
  }

  private evict(socket: UnauthenticatedSocket): void {
    this.terminate(socket);
    this.onEvicted();
  }

  private terminate(socket: UnauthenticatedSocket): void {
    this.forget(socket);
    socket.terminate();
  }

  private forget(socket: UnauthenticatedSocket): void {
    this.sockets.delete(socket);
    clearTimeout(this.closing.get(socket));
    this.closing.delete(socket);
  }
}
