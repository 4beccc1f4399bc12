import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { steadyTone } from './audio/voice.ts';
import { echo } from './behaviours/echo.ts';
import { scripted } from './behaviours/scripted.ts';
import { RealtimeSimulator } from './realtime-simulator.ts';
import { BEARER, refusedHandshake, SocketBench } from './testing/socket-bench.ts';
import { asObject } from './wire/json.ts';

const bench = new SocketBench();

afterEach(() => bench.stop());

describe('the handshake', () => {
  it.each([
    ['a bearer key', () => bench.modelUrl, BEARER],
    [
      'the Azure path with its own header',
      () => bench.at.azureUrl + '?model=gpt-realtime-2.1',
      { 'api-key': 'secret' },
    ],
    ['the Azure path with a bearer token', () => bench.at.azureUrl + '?model=gpt-realtime-2.1', BEARER],
    ['a transcription intent', () => `${bench.at.url}?intent=transcription`, BEARER],
  ])('accepts %s', async (_, url, headers) => {
    await bench.start();
    const { session } = await bench.connect(url(), headers);
    const first = await session.waitFor((event) => event.direction === 'out');
    expect(first.type).toBe('session.created');
    expect(asObject(first.event['session'])['id']).toBe(session.id);
  });

  it('accepts a browser, whose key is a subprotocol', async () => {
    await bench.start();
    const ws = new WebSocket(bench.modelUrl, ['realtime', 'openai-insecure-api-key.ek_test']);
    await once(ws, 'open');
    expect(ws.protocol).toBe('realtime');
    ws.terminate();
  });

  it.each([
    ['no key', () => bench.modelUrl, {}, 401],
    ['an empty key', () => bench.modelUrl, { authorization: 'Bearer ' }, 401],
    ['the Azure header on the OpenAI path', () => bench.modelUrl, { 'api-key': 'secret' }, 401],
    ['another path', () => `${bench.at.url}s${'?model=gpt-realtime-2.1'}`, BEARER, 404],
    ['a call that is not live', () => `${bench.at.url}?call_id=rtc_1`, BEARER, 404],
  ])('refuses %s', async (_, url, headers, status) => {
    await bench.start();
    const response = await refusedHandshake(url(), headers);
    expect(response.statusCode).toBe(status);
    expect(bench.simulator.refusedHandshakes).toEqual({ [status]: 1 });
    expect(bench.simulator.sessions).toEqual([]);
  });

  it.each([
    [
      'the beta header',
      '?model=gpt-realtime-2.1',
      { ...BEARER, 'openai-beta': 'realtime=v1' },
      'beta_api_shape_disabled',
      4000,
    ],
    ['a wrong key', '?model=gpt-realtime-2.1', { authorization: 'Bearer wrong' }, 'invalid_api_key', 3000],
    ['no model', '', BEARER, 'missing_model', 4000],
    ['an empty model', '?model=', BEARER, 'missing_model', 4000],
    ['a model and an intent', '?model=gpt-realtime-2.1&intent=transcription', BEARER, 'invalid_value', 4000],
    ['another intent', '?intent=conversation', BEARER, 'invalid_value', 4000],
    ['a model that does not exist', '?model=gpt-nope', BEARER, 'model_not_found', 4004],
  ])('opens for %s only to send the error', async (_, query, headers, code, closeCode) => {
    await bench.start({ apiKeys: ['sk-test'], models: ['gpt-realtime-2.1'] });
    const client = bench.client(bench.at.url + query, headers);
    expect(await client.closed).toEqual({ code: closeCode, reason: `invalid_request_error.${code}` });
    expect(client.received).toMatchObject([
      { type: 'error', error: { type: 'invalid_request_error', code, event_id: null } },
    ]);
  });

  it('knows the retired previews without a list of models', async () => {
    await bench.start();
    expect(await bench.client(`${bench.at.url}?model=gpt-4o-realtime-preview`).closed).toMatchObject({
      code: 4004,
    });
  });

  it('answers plain HTTP with 426', async () => {
    await bench.start();
    const [response] = (await once(httpRequest(bench.at.url.replace('ws:', 'http:')).end(), 'response')) as [
      IncomingMessage,
    ];
    response.resume();
    expect(response.statusCode).toBe(426);
  });
});

describe('over a socket', () => {
  it('sends and receives audio byte for byte', async () => {
    await bench.start({ behaviour: echo() });
    const { client, session } = await bench.connect();
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
    await bench.start({ behaviour: scripted({ turns: [{ say: 'Hi.' }] }) });
    const { client, session } = await bench.connect();
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
    await bench.start();
    const [a, b] = [await bench.connect(), await bench.connect()];
    const ids = [a, b].map(({ client }) => client.received.map((event) => event['event_id']));
    expect(a.session.id).not.toBe(b.session.id);
    expect(new Set(ids.flat()).size).toBe(ids.flat().length);
    expect(a.session.id).toHaveLength('sess_'.length + 21);
  });

  it('refuses a message larger than any append', async () => {
    await bench.start();
    const { client } = await bench.connect();
    client.ws.send(Buffer.alloc(21 * 1024 * 1024, 0x20).toString());
    expect(await client.closed).toMatchObject({ code: 1009 });
  });

  it('takes an append of 15 MiB', async () => {
    await bench.start();
    const { client, session } = await bench.connect();
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

  it('rejects a waiting test when the session ends first', async () => {
    await bench.start();
    const { client, session } = await bench.connect();
    const waiting = session.waitFor((event) => event.type === 'response.done');
    client.ws.close();
    await expect(waiting).rejects.toThrow(
      'The session closed before an event fitted. Last events: out session.created.',
    );
    expect(session.end).toMatchObject({ code: 1005 });
    expect(bench.simulator.openSessions).toBe(0);
  });

  it('reports misfits when it stops', async () => {
    await bench.start();
    bench.simulator.misfits.push('session.created: wrong');
    await expect(bench.simulator.stop()).rejects.toThrow('session.created: wrong');
    bench.simulator.misfits.length = 0;
  });
});

describe('starting', () => {
  it('leaves nothing open when the control port is taken, and can start again', async () => {
    await bench.start();
    const other = new RealtimeSimulator();
    await expect(other.start({ controlPort: Number(new URL(bench.at.controlUrl).port) })).rejects.toThrow(
      'EADDRINUSE',
    );
    const again = await other.start({ controlPort: false });
    expect(again.controlUrl).toBe('');
    await expect(other.start()).rejects.toThrow('running already');
    await other.stop();
  });
});
