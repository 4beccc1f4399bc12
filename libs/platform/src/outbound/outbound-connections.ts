import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Destinations } from './destinations.ts';

export interface OutboundResponse {
  readonly status: number;
  /** The Retry-After header, in ms from now; null without one. */
  readonly retryAfterMs: number | null;
}

/**
 * A request without a response. The code is `timeout`, `cancelled`, `destination-refused`, or the socket's
 * own in lower case.
 */
export class OutboundFailure extends Error {
  override readonly name = 'OutboundFailure';
  /** @param mayHaveArrived the connection was open, so the receiver may have acted on the request */
  constructor(
    readonly code: string,
    readonly mayHaveArrived = false,
  ) {
    super(`There was no answer: ${code}.`);
  }
}

/** REPORT is of WebDAV (RFC 3253). */
export type OutboundMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'REPORT';

export interface OutboundRequest {
  readonly method: OutboundMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null for none. */
  readonly body: string | null;
  /** Until the response is read. */
  readonly timeoutMs: number;
  /** Cancels the request. */
  readonly signal?: AbortSignal;
  /**
   * Opens a connection for this request alone. A kept one that its receiver closes at the same moment fails,
   * and it is not known whether the request arrived.
   */
  readonly isOnOwnConnection?: boolean;
}

type Agents = Readonly<Record<'http:' | 'https:', HttpAgent>>;

const IDLE_MS = 10_000;

// No limit per host: receivers of several tenants may share one, and a silent one must not delay the others.
// The sender limits the requests in flight.
const keptOpen = (): Agents => ({
  'http:': new HttpAgent({ keepAlive: true, timeout: IDLE_MS }),
  'https:': new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }),
});

/** Opens requests to addresses that tenants have set. Redirects are not followed. */
export class OutboundConnections {
  constructor(
    private readonly destinations: Destinations,
    private readonly agents: Agents = keptOpen(),
  ) {}

  /** Returns the response once its head has come. @throws OutboundFailure */
  open(request: OutboundRequest): Promise<IncomingMessage> {
    if (this.destinations.problemOf(request.url) !== null)
      return Promise.reject(new OutboundFailure('destination-refused'));
    const url = new URL(request.url);
    const isSecure = url.protocol === 'https:';
    const { method, headers, body, timeoutMs, signal, isOnOwnConnection = false } = request;
    const deadline = AbortSignal.timeout(timeoutMs);
    const options = {
      method,
      headers: body === null ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
      lookup: this.destinations.lookup(url),
      agent: isOnOwnConnection ? false : this.agents[isSecure ? 'https:' : 'http:'],
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    };
    return new Promise((resolve, reject) => {
      let mayHaveArrived = false;
      const sent = (isSecure ? httpsRequest : httpRequest)(url, options, resolve);
      sent.on('socket', (socket) => {
        const arrives = () => (mayHaveArrived = true);
        if (sent.reusedSocket) arrives();
        else socket.once(isSecure ? 'secureConnect' : 'connect', arrives);
      });
      sent.on('error', (error) =>
        reject(new OutboundFailure(signal?.aborted ? 'cancelled' : codeOf(error), mayHaveArrived)),
      );
      sent.end(body ?? undefined);
    });
  }

  close(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }
}

export function headOf({ statusCode, headers }: IncomingMessage): OutboundResponse {
  return { status: statusCode ?? 0, retryAfterMs: retryAfterOf(headers['retry-after']) };
}

function retryAfterOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

function codeOf(error: Error & { readonly code?: unknown }): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'timeout';
  return typeof error.code === 'string' ? error.code.toLowerCase().slice(0, 60) : 'failed';
}
