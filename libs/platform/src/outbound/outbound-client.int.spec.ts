import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Destinations } from './destinations.ts';
import { OutboundClient } from './outbound-client.ts';
import { OutboundConnections, type OutboundRequest } from './outbound-connections.ts';

describe('a request with a response', () => {
  let server: Server;
  let url: string;
  let respond: (request: IncomingMessage, response: ServerResponse) => void;
  const client = new OutboundClient(new OutboundConnections(new Destinations(['127.0.0.0/8'])));

  beforeAll(async () => {
    server = createServer((request, response) => respond(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });

  const ask = (change: Partial<OutboundRequest> = {}, limitBytes = 1_024) =>
    client.request({ method: 'GET', url, headers: {}, body: null, timeoutMs: 20_000, ...change }, limitBytes);

  it('brings status, media type and body', async () => {
    respond = (request, response) =>
      response
        .writeHead(201, { 'content-type': 'Application/JSON; charset=utf-8' })
        .end(JSON.stringify([request.method, request.headers['accept-encoding'], 'ü']));
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)
      expect(await ask({ method, body: method === 'GET' ? null : '{}' })).toEqual({
        status: 201,
        retryAfterMs: null,
        mediaType: 'application/json',
        entityTag: null,
        text: `["${method}","identity","ü"]`,
        isCutOff: false,
      });
  });

  it('is read up to the limit, and its connection closed there', async () => {
    const closed = new Promise<void>((resolve) => {
      respond = (_request, response) => {
        response.on('close', () => resolve());
        response.writeHead(200);
        const more = () => {
          if (!response.destroyed) response.write('x'.repeat(1_000), more);
        };
        more();
      };
    });
    const answer = await ask({}, 5_000);
    expect([answer.text.length, answer.isCutOff]).toEqual([5_000, true]);
    await closed;
  });

  it('fails when it is compressed, breaks off, or does not end in time', async () => {
    respond = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    await expect(ask()).rejects.toMatchObject({ code: 'compressed-response', mayHaveArrived: true });
    respond = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('x', () => response.socket?.resetAndDestroy());
    };
    await expect(ask()).rejects.toMatchObject({ code: 'response-broken-off', mayHaveArrived: true });
    respond = (_request, response) => void response.writeHead(200).write('x');
    await expect(ask({ timeoutMs: 300 })).rejects.toMatchObject({ code: 'response-broken-off' });
    respond = () => undefined;
    await expect(ask({ timeoutMs: 300 })).rejects.toMatchObject({ code: 'timeout', mayHaveArrived: true });
  });

  it('is cancelled by its signal, and says when it cannot have arrived', async () => {
    const cancelled = new AbortController();
    respond = () => cancelled.abort();
    await expect(ask({ signal: cancelled.signal })).rejects.toMatchObject({ code: 'cancelled' });
    const closed = createServer();
    await new Promise<void>((listening) => closed.listen(0, '127.0.0.1', listening));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    await expect(ask({ url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({
      code: 'econnrefused',
      mayHaveArrived: false,
    });
  });

  it('has a connection of its own where it is asked for', async () => {
    const ports = new Set<number | undefined>();
    respond = (request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    };
    for (let time = 0; time < 3; time += 1) await ask({ method: 'POST', isOnOwnConnection: true });
    expect(ports.size).toBe(3);
  });
});
