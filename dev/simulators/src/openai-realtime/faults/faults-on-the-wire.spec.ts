import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { tone } from '../behaviours/tone.ts';
import { BEARER, refusedHandshake, SocketBench } from '../testing/socket-bench.ts';

const bench = new SocketBench();

afterEach(() => bench.stop());

describe('faults on the wire', () => {
  it.each([
    [401, undefined],
    [403, undefined],
    [404, undefined],
    [429, '7'],
    [500, undefined],
    [503, '2'],
  ] as const)('refuse handshakes with %i', async (status, retryAfter) => {
    await bench.start();
    const id = bench.simulator.faults.add({
      kind: 'refuse',
      status,
      ...(retryAfter === undefined ? {} : { retryAfterS: Number(retryAfter) }),
    });
    const response = await refusedHandshake(bench.modelUrl, BEARER);
    expect([response.statusCode, response.headers['retry-after']]).toEqual([status, retryAfter]);
    bench.simulator.faults.remove(id);
    await bench.connect();
  });

  it.each([
    ['invalid_api_key', 3000, 'invalid_request_error.invalid_api_key'],
    ['model_not_found', 4004, 'invalid_request_error.model_not_found'],
    ['insufficient_quota', 4000, 'insufficient_quota.insufficient_quota'],
    ['server_error', 1011, 'server_error'],
  ] as const)('refuse in band with %s', async (code, closeCode, reason) => {
    await bench.start();
    bench.simulator.faults.add({ kind: 'refuse-in-band', code });
    const client = bench.client();
    expect(await client.closed).toEqual({ code: closeCode, reason });
    expect(client.received).toHaveLength(1);
  });

  it('keep a handshake waiting, for a while or for good', async () => {
    await bench.start();
    bench.simulator.faults.add({ kind: 'slow-handshake', delayMs: 20, times: 1 });
    await bench.connect();
    expect(bench.simulator.faults.list()).toEqual([]);
    bench.simulator.faults.add({ kind: 'slow-handshake' });
    const client = bench.client();
    const first = await Promise.race([client.closed, once(client.ws, 'open'), sleep(80, 'nothing')]);
    expect(first).toBe('nothing');
  });

  it('hang: the socket stays open, pings are answered or not', async () => {
    await bench.start();
    const { client, session } = await bench.connect();
    session.strike({ kind: 'hang' });
    client.ws.ping();
    await once(client.ws, 'pong');
    const before = client.received.length;
    client.send({ type: 'session.update', session: { type: 'realtime' } });
    session.strike({ kind: 'hang', answersPings: false });
    client.ws.ping();
    expect(await Promise.race([once(client.ws, 'pong'), sleep(60, 'silence')])).toBe('silence');
    expect(client.received).toHaveLength(before);
    expect(client.ws.readyState).toBe(WebSocket.OPEN);
  });

  it.each(['reset', 'fin'] as const)('cut by %s in the middle of an answer', async (how) => {
    await bench.start({ behaviour: tone({ toneMs: 5000 }) });
    bench.simulator.faults.add({ kind: 'cut', how, response: 1, audioMs: 600 });
    const { client, session } = await bench.connect();
    client.send({ type: 'response.create' });
    expect(await client.closed).toMatchObject({ code: 1006 });
    expect(session.end).toEqual({ code: 1006, reason: '' });
    expect(session.counters.audioBytesOut / 48).toBe(600);
  });

  it.each([
    ['reset', 'ECONNRESET'],
    ['fin', 'end'],
  ] as const)('cut by %s is seen below WebSocket as %s', async (how, seen) => {
    await bench.start();
    const socket = await bench.upgradedSocket();
    const session = await bench.simulator.waitForSession();
    const ending = new Promise<string>((resolve) => {
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      socket.on('end', () => resolve('end'));
    });
    socket.resume();
    session.strike({ kind: 'cut', how });
    expect(await ending).toBe(seen);
    socket.destroy();
  });

  it('cut with a close frame', async () => {
    await bench.start();
    const { client, session } = await bench.connect();
    session.strike({ kind: 'cut', how: 'close', closeCode: 1012, closeReason: 'restart' });
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
  });

  it('expire with an error before the close', async () => {
    await bench.start();
    bench.simulator.faults.add({ kind: 'expire' });
    const client = bench.client();
    expect(await client.closed).toMatchObject({ code: 1001 });
    expect(client.received.map((event) => event.type)).toEqual(['session.created', 'error']);
  });

  it('send a binary frame', async () => {
    await bench.start();
    const { client, session } = await bench.connect();
    client.ws.removeAllListeners('message');
    const message = once(client.ws, 'message') as Promise<[Buffer, boolean]>;
    session.strike({ kind: 'bad-event', what: 'binary' });
    expect((await message)[1]).toBe(true);
  });

  it('stall reading, and go on later', async () => {
    await bench.start();
    const { client, session } = await bench.connect();
    session.strike({ kind: 'stall-reading', forMs: 80 });
    client.send({ type: 'session.update', session: { type: 'realtime' } });
    await sleep(40);
    expect(session.counters.eventsIn).toBe(0);
    await session.waitFor((event) => event.type === 'session.updated');
  });
});
