/** The part of a socket that is used before its ticket has been checked. */
export interface UnauthenticatedSocket {
  close(code: number, reason: string): void;
  terminate(): void;
  once(event: 'close', run: () => void): unknown;
}

export interface UnauthenticatedLimits {
  /** Sockets at a time; the next one evicts the oldest. */
  readonly maxSockets: number;
  /**
   * How long the peer of a refused socket may take to close it. `ws` itself waits 30 s, and buffers what the
   * peer sends meanwhile.
   */
  readonly closeTimeoutMs: number;
}

/**
 * Sockets without a valid ticket, bounded in number and time because anyone can open one. When there are too
 * many the oldest is evicted: it had the most time to show its ticket, and refusing the newest would shut out
 * the carrier.
 */
export class UnauthenticatedSockets {
  /** In order of arrival. */
  private readonly sockets = new Set<UnauthenticatedSocket>();
  private readonly closing = new Map<UnauthenticatedSocket, NodeJS.Timeout>();

  /** @param onEvicted called after each eviction */
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

  /** The socket has shown a valid ticket and is no longer limited here. */
  markAuthenticated(socket: UnauthenticatedSocket): void {
    this.forget(socket);
  }

  /** Closes the socket, and terminates it when the peer does not close it in time. */
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
