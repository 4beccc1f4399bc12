import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { scripted, type SimulatedCall, type SimulatedSession } from '@tandem/simulators';
import { RunningPlatform, words } from '../testing/running-platform.ts';

jest.setTimeout(180_000);

const REQUESTS = 200;
const EVERY_MS = 100;
const PATHS = [`/${'a'.repeat(15_000)}`, `/${'a/'.repeat(7_500)}`];
const FRAME_BYTES = 160;
/** Looks at the frames under way, one every 20 ms. */
const LOOKS = 100;
const PATIENCE_LOOKS = 1_000;
/** A socket is refused after 5 s and terminated a second later; `ws` by itself keeps it for 35 s. */
const FAR_BEYOND_MS = 15_000;

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start();
  platform.model.behaviour = scripted({
    turns: [],
    otherwise:
      'Of course. We have an opening on Tuesday at nine in the morning, another one at eleven, and on ' +
      'Wednesday the whole afternoon is free.',
  });
});
afterAll(() => platform.stop());

const session = (): SimulatedSession => platform.model.sessions.at(-1)!;

/** Requests long paths, ten a second at each public address. Returns the statuses. */
async function strangers(doors: readonly string[]): Promise<number[]> {
  const asked: Promise<number>[] = [];
  for (let count = 0; count < REQUESTS; count += 1) {
    for (const door of doors)
      asked.push(
        fetch(door + PATHS[count % PATHS.length]!).then(
          async (response) => (await response.arrayBuffer(), response.status),
        ),
      );
    await sleep(EVERY_MS);
  }
  return Promise.all(asked);
}

/**
 * Returns how many frames the model is behind the carrier, the least within two seconds: the travel time
 * varies. With `atMost` it looks on for as long as there are more, up to {@link PATIENCE_LOOKS}: a lost frame
 * stays missing.
 */
async function leastUnderWay(
  call: SimulatedCall,
  held: SimulatedSession,
  atMost = Number.POSITIVE_INFINITY,
): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < LOOKS || (least > atMost && look < PATIENCE_LOOKS); look += 1) {
    least = Math.min(
      least,
      call.report().streams[0]!.mediaSent - Math.floor(held.received.length / FRAME_BYTES),
    );
    await sleep(20);
  }
  return least;
}

/** Calls that ring and hang up while `isOver` is false: how long their voice webhooks took. */
async function callers(isOver: () => boolean): Promise<number[]> {
  const took: number[] = [];
  while (!isOver()) {
    const call = platform.ring();
    await call.waitForSpeech().catch(() => undefined);
    call.hangup();
    const report = await call.ended;
    for (const entry of report.timeline)
      if (entry.kind === 'webhook' && entry.purpose === 'voice')
        took.push(entry.httpStatus === 200 ? entry.tookMs : Number.POSITIVE_INFINITY);
  }
  return took;
}

describe('strangers who ask the public doors for long addresses there are not', () => {
  it('neither hold up carriers nor the calls that run', async () => {
    const call = platform.ring();
    await call.waitForSpeech();
    const held = session();
    const before = await leastUnderWay(call, held);
    let isOver = false;
    const talk = (async () => {
      while (!isOver) {
        await call.say(words(900));
        await sleep(1_500);
      }
    })();
    const relay = `http://127.0.0.1:${platform.stack.supervisor.portsOf('relay-1').http}`;
    const voice = callers(() => isOver);
    const statuses = await strangers([platform.stack.urls.ingress, relay]);
    isOver = true;
    await talk;
    const took = (await voice).sort((a, b) => a - b);
    const lost = (await leastUnderWay(call, held, before)) - before;
    call.hangup();
    const report = await call.ended;
    console.log(
      `voice webhooks: ${took.length}, half of them within ${took[took.length >> 1]?.toFixed(0)} ms, ` +
        `all within ${took.at(-1)?.toFixed(0)} ms; frames of the call: ${report.streams[0]?.mediaSent}, ` +
        `lost ${lost}`,
    );
    expect(new Set(statuses)).toEqual(new Set([404]));
    expect(statuses).toHaveLength(2 * REQUESTS);
    expect(took.every(Number.isFinite)).toBe(true);
    expect([report.streams.length, report.endedBy]).toEqual([1, 'hangup-by-party']);
    expect(lost).toBeLessThanOrEqual(0);
    for (const service of ['call-ingress', 'relay-1'])
      expect(await platform.metric(service, 'tandem_unrouted_requests_total')).toMatch(
        new RegExp(` ${REQUESTS}$`),
      );
    expect(platform.lines.filter((line) => line.includes('aaaaaaaaaa'))).toEqual([]);
  });

  it('are told in the log why a webhook was refused, not by whom', async () => {
    const answer = await fetch(`${platform.publicUrl}/twilio/voice`, {
      method: 'POST',
      body: new URLSearchParams({ From: '+12025550123', CallSid: 'CA1' }),
    });
    expect(answer.status).toBe(403);
    const line = await platform.eventually(
      () => platform.lines.find((told) => told.startsWith('call-ingress ') && told.includes('"status":403')),
      (told) => told !== undefined,
      'the refusal in the log',
    );
    expect(JSON.parse(line!.slice('call-ingress '.length))).toMatchObject({
      level: 'warn',
      route: '/twilio/voice',
      code: 'twilio-signature',
      reason: 'missing',
    });
    expect(line).not.toMatch(/2025550123/);
  });
});

describe('a media socket that shows no ticket', () => {
  it('is cut off soon after it is refused, although it answers nothing and goes on sending', async () => {
    const { http } = platform.stack.supervisor.portsOf('relay-1');
    const socket = connect(http!, '127.0.0.1');
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.resume();
    socket.write(
      `GET /media/relay-1 HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: ` +
        `websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ` +
        `${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
    await once(socket, 'data');
    // The head of a text message of 60,000 bytes with an all-zero mask, and then one byte of it at a time.
    socket.write(Buffer.from([0x81, 0xfe, 0xea, 0x60, 0, 0, 0, 0]));
    const drip = setInterval(() => socket.write('a'), 50);
    try {
      expect(
        await Promise.race([
          closed.then(() => 'cut off'),
          sleep(FAR_BEYOND_MS, 'still there', { ref: false }),
        ]),
      ).toBe('cut off');
    } finally {
      clearInterval(drip);
      socket.destroy();
    }
    expect(await platform.metric('relay-1', 'tandem_relay_streams_refused_total{reason="no-start"')).toMatch(
      / 1$/,
    );
    expect(await platform.metric('relay-1', 'tandem_relay_unproved_sockets')).toMatch(/ 0$/);
  });
});

describe('a request for another protocol at a relay', () => {
  /** Returns the first line and the rest of the answer. */
  async function ask(path: string, protocol: string): Promise<[string, string]> {
    const { http } = platform.stack.supervisor.portsOf('relay-1');
    const socket = connect(http!, '127.0.0.1');
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade, close\r\nUpgrade: ${protocol}\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
    let answer = '';
    for await (const piece of socket.setEncoding('utf8')) answer += piece as string;
    const [first = '', ...rest] = answer.split('\r\n');
    return [first, rest.join('\n')];
  }

  it.each(['/media/relay-2', '/media/relay-1/more', '/'])(
    'is answered 404 in words where no stream is: %s',
    async (path) => {
      const [status, rest] = await ask(path, 'websocket');
      expect(status).toBe('HTTP/1.1 404 Not Found');
      expect(rest).toContain('application/problem+json');
    },
  );

  it('is a request like any other where it is not for a WebSocket', async () => {
    expect((await ask('/healthz', 'h2c'))[0]).toBe('HTTP/1.1 200 OK');
    expect((await ask('/media/relay-1', 'h2c'))[0]).toBe('HTTP/1.1 404 Not Found');
  });
});
