import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { NO_DISTANCE } from '../link/link.ts';
import { echo } from './behaviours/echo.ts';
import { scripted } from './behaviours/scripted.ts';
import { tone } from './behaviours/tone.ts';
import { asObject, type JsonObject, type Typed } from './wire/json.ts';
import { RealtimeSimulator, type RealtimeSimulatorOptions, type RunningAt } from './realtime-simulator.ts';
import type { SimulatedSession } from './session/simulated-session.ts';
import { steadyTone } from './audio/voice.ts';

let simulator: RealtimeSimulator;
let at: RunningAt;
const clients: WebSocket[] = [];

async function start(options: RealtimeSimulatorOptions = {}): Promise<void> {
  simulator = new RealtimeSimulator({
    selfCheck: true,
    link: NO_DISTANCE,
    pace: { firstByteMs: 5, audioRate: 100 },
    ...options,
  });
  at = await simulator.start();
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await simulator.stop();
});

const BEARER = { authorization: 'Bearer sk-test' };

/** A client that notes what it gets. */
class Client {
  readonly ws: WebSocket;
  readonly got: Typed[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(url: string, headers: Record<string, string> = BEARER) {
    this.ws = new WebSocket(url, { headers });
    clients.push(this.ws);
    this.ws.on('error', () => undefined);
    this.ws.on('message', (data: Buffer) => this.got.push(JSON.parse(data.toString()) as Typed));
    this.closed = new Promise((resolve) =>
      this.ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    );
  }

  async opened(): Promise<this> {
    await once(this.ws, 'open');
    return this;
  }

  send(event: JsonObject): void {
    this.ws.send(JSON.stringify(event));
  }
}

const MODEL = '?model=gpt-realtime-2.1';

/** A connected client and its session in the simulator. */
async function connect(
  url = at.url + MODEL,
  headers: Record<string, string> = BEARER,
): Promise<{ client: Client; session: SimulatedSession }> {
  const number = simulator.openedSessions + 1;
  const client = await new Client(url, headers).opened();
  return { client, session: await simulator.waitForSession((session) => session.number === number) };
}

/** The HTTP answer to a handshake that must not succeed. */
function refusedHandshake(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const ws = new WebSocket(url, { headers });
  ws.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    ws.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response);
    });
    ws.on('open', () => reject(new Error('The handshake was accepted.')));
  });
}

/** The TCP connection under a session, read without WebSocket. */
function upgradedSocket(): Promise<Socket> {
  const headers = {
    ...BEARER,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16, 1).toString('base64'),
  };
  const request = httpRequest(at.url.replace('ws:', 'http:') + MODEL, { headers }).end();
  return new Promise((resolve) => request.on('upgrade', (_response, socket) => resolve(socket)));
}

describe('the handshake', () => {
  it.each([
    ['a bearer key', () => at.url + MODEL, BEARER],
    ['the Azure path with its own header', () => at.azureUrl + MODEL, { 'api-key': 'secret' }],
    ['the Azure path with a bearer token', () => at.azureUrl + MODEL, BEARER],
    ['a transcription intent', () => `${at.url}?intent=transcription`, BEARER],
  ])('accepts %s', async (_, url, headers) => {
    await start();
    const { session } = await connect(url(), headers);
    const first = await session.waitFor((event) => event.direction === 'out');
    expect(first.type).toBe('session.created');
    expect(asObject(first.event['session'])['id']).toBe(session.id);
  });

  it('accepts a browser, whose key is a subprotocol', async () => {
    await start();
    const ws = new WebSocket(at.url + MODEL, ['realtime', 'openai-insecure-api-key.ek_test']);
    clients.push(ws);
    await once(ws, 'open');
    expect(ws.protocol).toBe('realtime');
  });

  it.each([
    ['no key', () => at.url + MODEL, {}, 401],
    ['an empty key', () => at.url + MODEL, { authorization: 'Bearer ' }, 401],
    ['the Azure header on the OpenAI path', () => at.url + MODEL, { 'api-key': 'secret' }, 401],
    ['another path', () => `${at.url}s${MODEL}`, BEARER, 404],
    ['a call that is not live', () => `${at.url}?call_id=rtc_1`, BEARER, 404],
  ])('refuses %s', async (_, url, headers, status) => {
    await start();
    const response = await refusedHandshake(url(), headers);
    expect(response.statusCode).toBe(status);
    expect(simulator.refusedHandshakes).toEqual({ [status]: 1 });
    expect(simulator.sessions).toEqual([]);
  });

  it.each([
    ['the beta header', MODEL, { ...BEARER, 'openai-beta': 'realtime=v1' }, 'beta_api_shape_disabled', 4000],
    ['a wrong key', MODEL, { authorization: 'Bearer wrong' }, 'invalid_api_key', 3000],
    ['no model', '', BEARER, 'missing_model', 4000],
    ['an empty model', '?model=', BEARER, 'missing_model', 4000],
    ['a model and an intent', '?model=gpt-realtime-2.1&intent=transcription', BEARER, 'invalid_value', 4000],
    ['another intent', '?intent=conversation', BEARER, 'invalid_value', 4000],
    ['a model that does not exist', '?model=gpt-nope', BEARER, 'model_not_found', 4004],
  ])('opens for %s only to say what is wrong', async (_, query, headers, code, closeCode) => {
    await start({ apiKeys: ['sk-test'], models: ['gpt-realtime-2.1'] });
    const client = new Client(at.url + query, headers);
    expect(await client.closed).toEqual({ code: closeCode, reason: `invalid_request_error.${code}` });
    expect(client.got).toMatchObject([
      { type: 'error', error: { type: 'invalid_request_error', code, event_id: null } },
    ]);
  });

  it('knows the retired previews without a list of models', async () => {
    await start();
    expect(await new Client(`${at.url}?model=gpt-4o-realtime-preview`).closed).toMatchObject({ code: 4004 });
  });

  it('answers plain HTTP with 426', async () => {
    await start();
    const [response] = (await once(httpRequest(at.url.replace('ws:', 'http:')).end(), 'response')) as [
      IncomingMessage,
    ];
    response.resume();
    expect(response.statusCode).toBe(426);
  });
});

describe('over a socket', () => {
  it('speaks and hears byte for byte', async () => {
    await start({ behaviour: echo() });
    const { client, session } = await connect();
    client.send({
      type: 'session.update',
      session: {
        type: 'realtime',
        audio: {
          input: { format: { type: 'audio/pcmu' }, turn_detection: null },
          output: { format: { type: 'audio/pcmu' } },
        },
      },
    });
    const audio = Buffer.from(steadyTone(1500, { encoding: 'pcmu', rateHz: 8000 }).bytes(0, 12_000));
    for (let offset = 0; offset < audio.length; offset += 160)
      client.send({
        type: 'input_audio_buffer.append',
        audio: audio.subarray(offset, offset + 160).toString('base64'),
      });
    client.send({ type: 'input_audio_buffer.commit' });
    client.send({ type: 'response.create' });
    await session.waitFor((event) => event.type === 'response.done');
    expect(session.received).toEqual(audio);
    expect(session.sent).toEqual(audio);
    expect(session.counters).toMatchObject({
      appends: 75,
      audioBytesIn: 12_000,
      audioBytesOut: 12_000,
      responses: { completed: 1 },
    });
  });

  it('shows tests the events, the configuration and the seeded history', async () => {
    await start({ behaviour: scripted({ turns: [{ say: 'Hi.' }] }) });
    const { client, session } = await connect();
    client.send({ type: 'session.update', session: { type: 'realtime', instructions: 'Be kind.' } });
    client.send({
      type: 'session.update',
      session: { type: 'realtime', instructions: 'Be rude.', nonsense: 1 },
    });
    client.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'before' }] },
    });
    await session.waitFor((event) => event.type === 'conversation.item.done');
    expect(session.config['instructions']).toBe('Be kind.');
    expect(session.seededItems).toMatchObject([{ role: 'user', content: [{ text: 'before' }] }]);
    expect(session.events.filter((event) => event.direction === 'in').map((event) => event.type)).toEqual([
      'session.update',
      'session.update',
      'conversation.item.create',
    ]);
    expect(session.sentEvents('error')).toMatchObject([{ error: { code: 'unknown_parameter' } }]);
    expect(session.counters.refusals).toEqual({ unknown_parameter: 1 });
    expect(
      session.events.every(
        (event, index) => index === 0 || event.atMs >= (session.events[index - 1]?.atMs ?? 0),
      ),
    ).toBe(true);
  });

  it('keeps ids apart between sessions', async () => {
    await start();
    const [a, b] = [await connect(), await connect()];
    const ids = [a, b].map(({ client }) => client.got.map((event) => event['event_id']));
    expect(a.session.id).not.toBe(b.session.id);
    expect(new Set(ids.flat()).size).toBe(ids.flat().length);
    expect(a.session.id).toHaveLength('sess_'.length + 21);
  });

  it('refuses a message larger than any append', async () => {
    await start();
    const { client } = await connect();
    client.ws.send(Buffer.alloc(21 * 1024 * 1024, 0x20).toString());
    expect(await client.closed).toMatchObject({ code: 1009 });
  });

  it('takes an append of 15 MiB', async () => {
    await start();
    const { client, session } = await connect();
    client.send({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { turn_detection: null } } },
    });
    client.send({
      type: 'input_audio_buffer.append',
      audio: Buffer.alloc(15 * 1024 * 1024).toString('base64'),
    });
    client.send({
      type: 'input_audio_buffer.append',
      audio: Buffer.alloc(15 * 1024 * 1024 + 2).toString('base64'),
    });
    await session.waitFor((event) => event.type === 'error', { timeoutMs: 15_000 });
    expect(session.counters).toMatchObject({
      appends: 1,
      audioBytesIn: 15 * 1024 * 1024,
      refusals: { invalid_value: 1 },
    });
  });

  it('tells a waiting test that the session ended first', async () => {
    await start();
    const { client, session } = await connect();
    const waiting = session.waitFor((event) => event.type === 'response.done');
    client.ws.close();
    await expect(waiting).rejects.toThrow(
      'The session closed before an event fitted. Last events: out session.created.',
    );
    expect(session.end).toMatchObject({ code: 1005 });
    expect(simulator.openSessions).toBe(0);
  });

  it('says at its stop which of its events did not fit', async () => {
    await start();
    simulator.misfits.push('session.created: wrong');
    await expect(simulator.stop()).rejects.toThrow('session.created: wrong');
    simulator.misfits.length = 0;
  });
});

describe('starting', () => {
  it('leaves nothing open when the control port is taken, and can start again', async () => {
    await start();
    const other = new RealtimeSimulator();
    await expect(other.start({ controlPort: Number(new URL(at.controlUrl).port) })).rejects.toThrow(
      'EADDRINUSE',
    );
    const again = await other.start({ controlPort: false });
    expect(again.controlUrl).toBe('');
    await expect(other.start()).rejects.toThrow('running already');
    await other.stop();
  });
});

describe('faults on the wire', () => {
  it.each([
    [401, undefined],
    [403, undefined],
    [404, undefined],
    [429, '7'],
    [500, undefined],
    [503, '2'],
  ] as const)('refuse handshakes with %i', async (status, retryAfter) => {
    await start();
    const id = simulator.faults.add({
      kind: 'refuse',
      status,
      ...(retryAfter === undefined ? {} : { retryAfterS: Number(retryAfter) }),
    });
    const response = await refusedHandshake(at.url + MODEL, BEARER);
    expect([response.statusCode, response.headers['retry-after']]).toEqual([status, retryAfter]);
    simulator.faults.remove(id);
    await connect();
  });

  it.each([
    ['invalid_api_key', 3000, 'invalid_request_error.invalid_api_key'],
    ['model_not_found', 4004, 'invalid_request_error.model_not_found'],
    ['insufficient_quota', 4000, 'insufficient_quota.insufficient_quota'],
    ['server_error', 1011, 'server_error'],
  ] as const)('refuse in band with %s', async (code, closeCode, reason) => {
    await start();
    simulator.faults.add({ kind: 'refuse-in-band', code });
    const client = new Client(at.url + MODEL);
    expect(await client.closed).toEqual({ code: closeCode, reason });
    expect(client.got).toHaveLength(1);
  });

  it('keep a handshake waiting, for a while or for good', async () => {
    await start();
    simulator.faults.add({ kind: 'slow-handshake', delayMs: 20, times: 1 });
    await connect();
    expect(simulator.faults.list()).toEqual([]);
    simulator.faults.add({ kind: 'slow-handshake' });
    const client = new Client(at.url + MODEL);
    const first = await Promise.race([client.closed, once(client.ws, 'open'), sleep(80, 'nothing')]);
    expect(first).toBe('nothing');
  });

  it('hang: the socket stays open, pings are answered or not', async () => {
    await start();
    const { client, session } = await connect();
    session.strike({ kind: 'hang' });
    client.ws.ping();
    await once(client.ws, 'pong');
    const before = client.got.length;
    client.send({ type: 'session.update', session: { type: 'realtime' } });
    session.strike({ kind: 'hang', answersPings: false });
    client.ws.ping();
    expect(await Promise.race([once(client.ws, 'pong'), sleep(60, 'silence')])).toBe('silence');
    expect(client.got).toHaveLength(before);
    expect(client.ws.readyState).toBe(WebSocket.OPEN);
  });

  it.each(['reset', 'fin'] as const)('cut by %s in the middle of an answer', async (how) => {
    await start({ behaviour: tone({ toneMs: 5000 }) });
    simulator.faults.add({ kind: 'cut', how, response: 1, audioMs: 600 });
    const { client, session } = await connect();
    client.send({ type: 'response.create' });
    expect(await client.closed).toMatchObject({ code: 1006 });
    expect(session.end).toEqual({ code: 1006, reason: '' });
    expect(session.counters.audioBytesOut / 48).toBe(600);
  });

  it.each([
    ['reset', 'ECONNRESET'],
    ['fin', 'end'],
  ] as const)('cut by %s is seen below WebSocket as %s', async (how, seen) => {
    await start();
    const socket = await upgradedSocket();
    const session = await simulator.waitForSession();
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
    await start();
    const { client, session } = await connect();
    session.strike({ kind: 'cut', how: 'close', closeCode: 1012, closeReason: 'restart' });
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
  });

  it('expire with an error before the close', async () => {
    await start();
    simulator.faults.add({ kind: 'expire' });
    const client = new Client(at.url + MODEL);
    expect(await client.closed).toMatchObject({ code: 1001 });
    expect(client.got.map((event) => event.type)).toEqual(['session.created', 'error']);
  });

  it('send a binary frame', async () => {
    await start();
    const { client, session } = await connect();
    client.ws.removeAllListeners('message');
    const message = once(client.ws, 'message') as Promise<[Buffer, boolean]>;
    session.strike({ kind: 'bad-event', what: 'binary' });
    expect((await message)[1]).toBe(true);
  });

  it('stall reading, and go on later', async () => {
    await start();
    const { client, session } = await connect();
    session.strike({ kind: 'stall-reading', forMs: 80 });
    client.send({ type: 'session.update', session: { type: 'realtime' } });
    await sleep(40);
    expect(session.counters.eventsIn).toBe(0);
    await session.waitFor((event) => event.type === 'session.updated');
  });
});
