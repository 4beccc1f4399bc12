import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Destinations } from './destinations.ts';

export interface OutboundResponse {
  readonly status: number;
  /** The Retry-After header, in ms from now; null without one. */
  readonly retryAfterMs: number | null;
}

/**
 * A request without a response. The code is `timeout`, `destination-refused`, or the socket's own in lower
 * case.
 */
export class OutboundFailure extends Error {
  override readonly name = 'OutboundFailure';
  constructor(readonly code: string) {
    super(`There was no answer: ${code}.`);
  }
}

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
const IDLE_MS = 10_000;

/**
 * Posts to addresses that tenants have set. The status line decides: a body that is long, slow or cut off
 * changes nothing. Redirects are not followed.
 */
export class OutboundPoster {
  // No limit per host: receivers of several tenants may share one, and a silent one must not delay the
  // others. The sender limits the requests in flight.
  private readonly agents = {
    'http:': new HttpAgent({ keepAlive: true, timeout: IDLE_MS }),
    'https:': new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }),
  };

  constructor(private readonly destinations: Destinations) {}

  /** @throws OutboundFailure */
  post({ url: text, headers, body, timeoutMs }: OutboundPost): Promise<OutboundResponse> {
    if (this.destinations.problemOf(text) !== null)
      return Promise.reject(new OutboundFailure('destination-refused'));
    const url = new URL(text);
    const isSecure = url.protocol === 'https:';
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      lookup: this.destinations.lookup(url),
      agent: this.agents[isSecure ? 'https:' : 'http:'],
      signal: AbortSignal.timeout(timeoutMs),
    };
    return new Promise((resolve, reject) => {
      const request = (isSecure ? httpsRequest : httpRequest)(url, options, (response) => {
        resolve({ status: response.statusCode ?? 0, retryAfterMs: retryAfterOf(response) });
        discardBody(response);
      });
      request.on('error', (error) => reject(new OutboundFailure(codeOf(error))));
      request.end(body);
    });
  }

  close(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
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

function retryAfterOf({ headers }: IncomingMessage): number | null {
  const text = headers['retry-after'];
  if (text === undefined) return null;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

function codeOf(error: Error & { readonly code?: unknown }): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'timeout';
  return typeof error.code === 'string' ? error.code.toLowerCase().slice(0, 60) : 'failed';
}
