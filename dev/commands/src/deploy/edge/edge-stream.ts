import { randomBytes } from 'node:crypto';
import { request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Duplex } from 'node:stream';

const LIMIT_MS = 10_000;

/** How a client reaches an edge. */
export interface EdgeTarget {
  readonly port: number;
  readonly host?: string;
  /** Turns TLS on: authorities in PEM, and the client's own certificate. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
}

export interface EdgeRequest {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer of an edge, with an open stream when it is an upgrade. */
export interface EdgeAnswer {
  readonly status: number;
  /** Name of the server behind the edge; null when the edge answered itself. */
  readonly server: string | null;
  readonly stream: Duplex | null;
}

/** Opens a WebSocket as far as the 101. @throws when the edge cuts the connection */
export function openStream(target: EdgeTarget, path: string): Promise<EdgeAnswer> {
  return ask(target, {
    path,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    },
  });
}

/** Sends one request over a connection of its own. @throws when the edge cuts the connection */
export function ask(target: EdgeTarget, wanted: EdgeRequest): Promise<EdgeAnswer> {
  const { host = 'voice.example.com', port, tls } = target;
  const options: RequestOptions = {
    host: '127.0.0.1',
    port,
    agent: false,
    path: wanted.path,
    method: wanted.method ?? 'GET',
    headers: { host, ...wanted.headers },
    timeout: LIMIT_MS,
  };
  return new Promise((resolve, reject) => {
    const sent = tls ? tlsRequest({ ...options, ...tls, servername: host }) : plainRequest(options);
    sent.on('upgrade', (response, stream) => resolve(answerOf(response, stream)));
    sent.on('response', (response) => {
      response.resume();
      response.on('close', () => sent.destroy());
      resolve(answerOf(response, null));
    });
    sent.on('timeout', () => sent.destroy(new TypeError(`${wanted.path}: no answer in ${LIMIT_MS} ms`)));
    sent.on('error', reject);
    sent.end(wanted.body);
  });
}

function answerOf(response: IncomingMessage, stream: Duplex | null): EdgeAnswer {
  // An edge may cut it at any time; whether it is open is asked of the stream itself.
  stream?.on('error', () => stream.destroy());
  const server = response.headers['x-server'];
  return { status: response.statusCode ?? 0, server: typeof server === 'string' ? server : null, stream };
}

/** Returns whether bytes still go to the far side and back. */
export async function echoes(stream: Duplex | null): Promise<boolean> {
  if (!stream || stream.destroyed) return false;
  const sent = randomBytes(8);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let received = Buffer.alloc(0);
  // Echoes of what was sent before may come first.
  const take = (more: Buffer): void => {
    received = Buffer.concat([received, more]);
    if (received.includes(sent)) resolve(true);
  };
  const cut = (): void => resolve(false);
  const limit = setTimeout(cut, LIMIT_MS);
  stream.on('data', take).once('close', cut).once('error', cut);
  stream.write(sent);
  const isEchoed = await promise;
  clearTimeout(limit);
  stream.off('data', take).off('close', cut).off('error', cut);
  return isEchoed;
}
