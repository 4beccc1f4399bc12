import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Destinations } from './destinations.ts';

export interface OutboundResponse {
  readonly status: number;
  /** As the header says, in ms from now; null without one. */
  readonly retryAfterMs: number | null;
}

/** A request that got no answer: `timeout`, `destination-refused`, or the socket's own code in lower case. */
export class OutboundFailure extends Error {
  override readonly name = 'NoAnswer';
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
 * How much of a response body is read, and for how long, to keep its connection; beyond it the connection is
 * dropped.
 */
const MAX_BODY_BYTES = 64 * 1024;
const BODY_PATIENCE_MS = 2_000;
const IDLE_MS = 10_000;

/**
 * Posts to addresses others have named. The status line decides: a body that is long, slow or cut off changes
 * nothing. No redirects: an answer that names another place is an answer.
 */
export class OutboundPoster {
  // No bound per host: receivers of several tenants may share one, and a silent one must not hold back the
  // others. Who posts bounds how much is under way.
  private readonly agents = {
    'http:': new HttpAgent({ keepAlive: true, timeout: IDLE_MS }),
    'https:': new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }),
  };

  constructor(private readonly destinations: Destinations) {}

  /** @throws NoAnswer */
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
 * Reads a response body to its end so that the connection can be used again, or drops the connection at the
 * limit.
 */
function discardBody(response: IncomingMessage): void {
  let bytes = 0;
  const timer = setTimeout(() => response.destroy(), BODY_PATIENCE_MS);
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) response.destroy();
  });
  // The request has been answered: how the connection ends is of no consequence.
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
