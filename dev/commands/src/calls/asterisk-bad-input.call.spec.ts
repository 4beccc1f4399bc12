import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectRedis, RelayRegistry } from '@tandem/call-state';
import { TICKET_LIFETIME_S } from '@tandem/contracts';
import { scripted } from '@tandem/simulators';
import { AsteriskCaller, ASTERISK_SECRET } from '../testing/asterisk-caller.ts';
import { DIALLED, RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

let platform: RunningPlatform;
let pbx: AsteriskCaller;
let port: number;
let sockets: Socket[] = [];

beforeAll(async () => {
  pbx = await AsteriskCaller.start();
  platform = await RunningPlatform.start({ stack: { relays: 2, env: pbx.env } });
  pbx.callTo(platform);
  await platform.leases(2);
  platform.model.behaviour = scripted({ turns: [], otherwise: 'I see.' });
  port = await portOf('relay-1');
});
afterAll(async () => {
  await pbx.stop();
  await platform.stop();
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  for (const call of pbx.pbx.liveCalls) call.hangup();
});

/** Returns the port of a relay's AudioSocket, as its lease has it. */
async function portOf(relay: string): Promise<number> {
  const redis = connectRedis(platform.stack.redis.url, 'command');
  const found = (await new RelayRegistry(redis).listRelays()).find(({ relayId }) => relayId === relay);
  redis.disconnect();
  return Number(found?.audioSocket?.split(':').at(-1));
}

/** Sends these bytes to a relay; resolves with what came until it closed. */
async function send(bytes: Uint8Array, to = port): Promise<Buffer> {
  const socket = connect({ port: to, host: '127.0.0.1' });
  sockets.push(socket);
  socket.on('error', () => undefined);
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => void received.push(chunk));
  await once(socket, 'connect');
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(received);
}

const idFrame = (uuid: string) =>
  Buffer.concat([Buffer.of(1, 0, 16), Buffer.from(uuid.replaceAll('-', ''), 'hex')]);
const refused = async () =>
  platform.eventually(
    () => platform.metric('relay-1', 'tandem_relay_streams_refused_total'),
    () => true,
    'the metric',
  );
const HANG_UP = Buffer.of(0, 0, 0);

describe('bytes at a relay’s AudioSocket that are not a call', () => {
  it.each([
    ['a web request', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'not-a-start'],
    ['audio before a UUID', Buffer.concat([Buffer.of(0x10, 1, 0x40), Buffer.alloc(320)]), 'not-a-start'],
    ['a UUID nobody gave out', idFrame('00010203-0405-8607-8809-0a0b0c0d0e0f'), 'no-ticket'],
    ['a UUID of fifteen bytes', Buffer.concat([Buffer.of(1, 0, 15), Buffer.alloc(15)]), 'not-a-start'],
    [
      'a frame of 65,535 bytes',
      Buffer.concat([Buffer.of(0x10, 0xff, 0xff), Buffer.alloc(65_535)]),
      'not-a-start',
    ],
  ])('are refused: %s', async (_what, bytes, reason) => {
    expect(await send(bytes)).toEqual(HANG_UP);
    expect(await refused()).toContain(`reason="${reason}"`);
  });

  it('are refused after two seconds when there are none', async () => {
    expect(await send(Buffer.alloc(0))).toEqual(HANG_UP);
    expect(await refused()).toContain('reason="no-start"');
  });

  it('are refused when the UUID is of another relay, or was used', async () => {
    const call = pbx.ring('slin');
    await call.waitForSpeech();
    const [leg] = call.report().legs;
    for (const relay of ['relay-1', 'relay-2'])
      expect(await send(idFrame(leg!.uuid), await portOf(relay))).toEqual(HANG_UP);
    expect(call.hasEnded).toBe(false);
    await call.waitForSilence(300);
  });

  it('say in the log why, without saying who', () => {
    const lines = platform.lines.filter((line) => line.includes('AudioSocket refused'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toMatch(/00010203|127\.0\.0\.1:\d+.*refused/);
  });
});

describe('a caller of a PBX whose line misbehaves', () => {
  it.each([
    ['a flood at fifty times real time', { kind: 'flood', factor: 50, forMs: 4_000 }],
    ['frames in pieces of seven bytes', { kind: 'split', pieceBytes: 7, forMs: 4_000 }],
    ['frames of unknown kinds', { kind: 'raw', bytes: Buffer.from('42000401020304'.repeat(20), 'hex') }],
    [
      'frames of 65,535 bytes',
      { kind: 'raw', bytes: Buffer.concat([Buffer.of(0x10, 0xff, 0xff), Buffer.alloc(65_535)]) },
    ],
  ] as const)('%s disturbs nobody, and the call goes on', async (_what, fault) => {
    const neighbour = pbx.ring('slin', { from: '+12025550141' });
    const call = pbx.ring('slin', {
      from: '+12025550142',
      legFaults: [{ afterMs: 500, ...fault }],
    });
    await Promise.all([call.waitForSpeech(), neighbour.waitForSpeech()]);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect([call.hasEnded, neighbour.hasEnded]).toEqual([false, false]);
    expect(call.report().legs).toHaveLength(1);
    neighbour.hangup();
    call.hangup();
  });
});

describe('calls of a PBX that is gone', () => {
  it('leave no socket, no call and no key behind, whether it half-closes or vanishes', async () => {
    const relays = ['relay-1', 'relay-2'];
    const before = await Promise.all(relays.map((relay) => figure(relay, 'process_open_fds')));
    const lines = await Promise.all(
      Array.from({ length: GONE_CALLS }, (_, index) => lineOf(`1700000000.${index}`)),
    );
    await platform.eventually(
      async () =>
        (await Promise.all(relays.map((relay) => figure(relay, 'tandem_relay_active_calls')))).reduce(
          (a, b) => a + b,
        ),
      (held) => held === GONE_CALLS,
      'the relays to hold every call',
    );
    for (const [index, { socket, timer }] of lines.entries()) {
      clearInterval(timer);
      if (index % 2 === 0) socket.end();
      else socket.pause();
    }
    for (const relay of relays)
      await platform.eventually(
        () => figure(relay, 'tandem_relay_active_calls'),
        (held) => held === 0,
        `${relay} to hold no call`,
        60_000,
      );
    for (const [index, relay] of relays.entries())
      await platform.eventually(
        () => figure(relay, 'process_open_fds'),
        (open) => open <= (before[index] ?? 0) + IDLE_CONNECTIONS,
        `${relay} to close its sockets`,
        30_000,
      );
    const redis = connectRedis(platform.stack.redis.url, 'command');
    // A UUID that was given out and never shown expires, after two lifetimes of its ticket.
    for (const key of await redis.keys('tandem:relay:*:stream:*')) {
      const secondsLeft = await redis.ttl(key);
      expect(secondsLeft).not.toBe(-1);
      expect(secondsLeft).toBeLessThanOrEqual(2 * TICKET_LIFETIME_S);
    }
    redis.disconnect();
  });
});

/** Connections kept for the next request, such as to the model. */
const IDLE_CONNECTIONS = 3;
const GONE_CALLS = Number(process.env['GONE_CALLS'] ?? 30);

/** Places a call as a PBX does that says nothing more afterwards, and sends silence. */
async function lineOf(uniqueid: string): Promise<{ socket: Socket; timer: NodeJS.Timeout }> {
  const response = await fetch(`${platform.publicUrl}/asterisk/calls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ASTERISK_SECRET}`, accept: 'application/json' },
    body: new URLSearchParams({ to: DIALLED, from: '+12025550123', uniqueid }),
  });
  const { address = '', uuid = '' } = (await response.json()) as { address?: string; uuid?: string };
  const socket = connect({ port: Number(address.split(':').at(-1)), host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'connect');
  socket.write(idFrame(uuid));
  const silence = Buffer.concat([Buffer.of(0x10, 1, 0x40), Buffer.alloc(320)]);
  const timer = setInterval(() => socket.write(silence), 20);
  socket.once('close', () => clearInterval(timer));
  return { socket, timer };
}

async function figure(relay: string, name: string): Promise<number> {
  const line = (await platform.metric(relay, name)).split('\n').at(-1) ?? '';
  return Number(line.split(' ').at(-1));
}
