import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Destinations } from './destinations.ts';
import { OutboundFailure } from './outbound-connections.ts';
import { OutboundPoster } from './outbound-post.ts';

const PAGE = 'x'.repeat(75_000);

describe('a response', () => {
  let server: Server;
  let url: string;
  let respond: (request: IncomingMessage, response: ServerResponse) => void;
  const poster = new OutboundPoster(new Destinations(['127.0.0.0/8']));

  beforeAll(async () => {
    server = createServer((request, response) => respond(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    poster.close();
    server.closeAllConnections();
    server.close();
  });

  const post = (timeoutMs = 20_000) => poster.post({ url, headers: {}, body: '{}', timeoutMs });

  it.each([
    [200, {}, null],
    [410, {}, null],
    [429, { 'retry-after': '30' }, 30_000],
  ])('counts by its status %i, whatever page comes with it', async (status, headers, retryAfterMs) => {
    respond = (_request, response) => response.writeHead(status, headers).end(PAGE);
    expect(await post()).toEqual({ status, retryAfterMs });
    respond = (_request, response) =>
      response.writeHead(status, { ...headers, 'content-length': PAGE.length }).end(PAGE);
    expect(await post()).toEqual({ status, retryAfterMs });
  });

  it('counts although its body never ends; the connection is closed', async () => {
    let closed: () => void = () => undefined;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    respond = (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 100);
      response.on('close', () => {
        clearInterval(timer);
        closed();
      });
    };
    expect(await post()).toEqual({ status: 200, retryAfterMs: null });
    await isClosed;
  });

  it('counts although its body is cut off', async () => {
    respond = (_request, response) => {
      response.writeHead(200, { 'content-length': PAGE.length });
      response.write(PAGE.slice(0, 1_000), () => response.socket?.resetAndDestroy());
    };
    expect(await post()).toEqual({ status: 200, retryAfterMs: null });
  });

  it('arrives although fifty requests to the same host hang', async () => {
    let silent = 0;
    respond = (request, response) =>
      request.headers['x-silent'] ? (silent += 1) : response.writeHead(204).end();
    const waiting = Array.from({ length: 50 }, () =>
      poster.post({ url, headers: { 'x-silent': '1' }, body: '', timeoutMs: 20_000 }).catch(() => null),
    );
    expect(await post()).toEqual({ status: 204, retryAfterMs: null });
    server.closeAllConnections();
    await Promise.all(waiting);
    expect(silent).toBe(50);
  });

  it('that does not arrive is a timeout', async () => {
    respond = () => undefined;
    await expect(post(300)).rejects.toEqual(new OutboundFailure('timeout'));
    respond = (request) => request.socket.resetAndDestroy();
    await expect(post()).rejects.toEqual(new OutboundFailure('econnreset'));
  });
});
