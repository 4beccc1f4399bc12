import type { IncomingMessage } from 'node:http';
import { parseJson } from '@tandem/contracts';
import { OutboundFailure, type OutboundConnections, type OutboundMethod } from '@tandem/platform';

/** How much of a response is read. */
const MAX_RESPONSE_BYTES = 256 * 1024;
/** Time for what is no request of a tool call, such as taking one back or the end of a session. */
const OTHER_MS = 5_000;
/** The library notices the end of the time first, and takes the request back at the server. */
const GRACE_MS = 1_000;
const METHODS: ReadonlySet<string> = new Set<OutboundMethod>(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** The limits of the requests of one tool call, and how the last one failed. */
export interface Exchange {
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** Called when a response cannot be read to its end. */
  onBroken(failure: OutboundFailure): void;
}

/**
 * Returns a `fetch` over the guarded connections: addresses are checked for each connection, redirects are
 * not followed, and the response is bounded. A server is not listened to between calls, so the stream that
 * the protocol opens for that with GET is declined, as a server may do itself; one that goes on with an
 * answer is opened.
 */
export function guardedFetch(
  connections: Pick<OutboundConnections, 'open'>,
  exchange: () => Exchange | undefined,
): (url: string | URL, init?: RequestInit) => Promise<Response> {
  return async (url, init = {}) => {
    const method = init.method ?? 'GET';
    const headers = headersOf(init.headers);
    if (method === 'GET' && headers['last-event-id'] === undefined)
      return new Response(null, { status: 405 });
    if (!METHODS.has(method)) throw new OutboundFailure('method-not-supported');
    const body = typeof init.body === 'string' ? init.body : null;
    const message = messageIn(body);
    // A notice that takes a request back comes when the request is over.
    const current = message.startsWith('notifications/') ? undefined : exchange();
    const timeoutMs = current ? Math.max(1, Math.floor(current.remainingMs())) + GRACE_MS : OTHER_MS;
    const signals = [init.signal, current?.signal].filter((signal) => signal instanceof AbortSignal);
    const response = await connections.open({
      method: method as OutboundMethod,
      url: String(url),
      headers: { ...headers, 'accept-encoding': 'identity' },
      body,
      timeoutMs,
      ...(signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}),
      // A kept connection that its server closes at the same moment leaves it open whether a call arrived.
      isOnOwnConnection: message === 'tools/call',
    });
    return toResponse(response, (failure) => current?.onBroken(failure));
  };
}

/** Returns the method of the message in a body; empty for none. */
function messageIn(body: string | null): string {
  const message = (body === null ? null : parseJson(body)) as { readonly method?: unknown } | null;
  return typeof message?.method === 'string' ? message.method : '';
}

function headersOf(given: RequestInit['headers']): Record<string, string> {
  const headers: Record<string, string> = {};
  new Headers(given).forEach((value, name) => (headers[name] = value));
  return headers;
}

function toResponse(message: IncomingMessage, onBroken: (failure: OutboundFailure) => void): Response {
  const status = message.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers.set(name, [value].flat().join(', '));
  if (status < 200 || status > 599 || (headers.get('content-encoding') ?? 'identity') !== 'identity') {
    message.on('error', () => undefined).destroy();
    throw new OutboundFailure('response-unreadable', true);
  }
  const hasBody = status !== 204 && status !== 205 && status !== 304;
  if (!hasBody) message.resume();
  return new Response(hasBody ? bounded(message, onBroken) : null, { status, headers });
}

/** Returns the body up to the limit; beyond it the connection is closed and the stream fails. */
function bounded(
  message: IncomingMessage,
  onBroken: (failure: OutboundFailure) => void,
): ReadableStream<Uint8Array> {
  let left = MAX_RESPONSE_BYTES;
  return new ReadableStream({
    start: (controller) => {
      const fail = (code: string) => {
        const failure = new OutboundFailure(code, true);
        onBroken(failure);
        controller.error(failure);
      };
      let isDone = false;
      const once = (end: () => void) => {
        if (!isDone) end();
        isDone = true;
      };
      message.on('data', (chunk: Buffer) => {
        left -= chunk.byteLength;
        if (isDone) return;
        if (left >= 0) return controller.enqueue(new Uint8Array(chunk));
        once(() => fail('response-too-large'));
        message.destroy();
      });
      message.on('end', () => once(() => controller.close()));
      message.on('error', () => once(() => fail('response-broken-off')));
      message.on('close', () => once(() => fail('response-broken-off')));
    },
    cancel: () => void message.destroy(),
  });
}
