import type { IncomingMessage } from 'node:http';
import type { Destinations } from './destinations.ts';
import { headOf, OutboundConnections, type OutboundResponse } from './outbound-connections.ts';

export interface OutboundPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

/**
 * How much of a response body is read, and for how long, so that its connection can be reused; beyond that
 * the connection is closed.
 */
const MAX_BODY_BYTES = 64 * 1024;
const BODY_TIMEOUT_MS = 2_000;

/**
 * Posts to addresses that tenants have set. The status line decides: a body that is long, slow or cut off
 * changes nothing. Redirects are not followed.
 */
export class OutboundPoster {
  private readonly connections: OutboundConnections;

  constructor(destinations: Destinations) {
    this.connections = new OutboundConnections(destinations);
  }

  /** @throws OutboundFailure */
  async post(request: OutboundPost): Promise<OutboundResponse> {
    const response = await this.connections.open({ ...request, method: 'POST' });
    discardBody(response);
    return headOf(response);
  }

  close(): void {
    this.connections.close();
  }
}

/**
 * Reads a response body to its end so that the connection can be reused, or closes the connection at the
 * limit.
 */
function discardBody(response: IncomingMessage): void {
  let bytes = 0;
  const timer = setTimeout(() => response.destroy(), BODY_TIMEOUT_MS);
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) response.destroy();
  });
  // The status is known: how the connection ends does not matter.
  response.on('error', () => undefined);
  response.on('close', () => clearTimeout(timer));
}
