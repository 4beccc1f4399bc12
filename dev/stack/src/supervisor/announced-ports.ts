/** The ports a service says it listens on, over the IPC channel. */
export interface AnnouncedPorts {
  readonly http: number;
  /** Port of /readyz and /metrics, where it is another one. */
  readonly management?: number;
}

/** Returns the ports of a `listening` message; null for every other message. */
export function announcedPorts(message: unknown): AnnouncedPorts | null {
  if (typeof message !== 'object' || message === null) return null;
  const { kind, port, managementPort } = message as {
    kind?: unknown;
    port?: unknown;
    managementPort?: unknown;
  };
  if (kind !== 'listening' || typeof port !== 'number') return null;
  return { http: port, ...(typeof managementPort === 'number' ? { management: managementPort } : {}) };
}
