import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import { FakeApplication } from '../testing/fake-application.ts';
import { WebhookClient } from './webhook-client.ts';
import type { HttpMethod } from './webhook-request.ts';

const AUTH_TOKEN = 'a-token-for-specs';

describe('the webhook client', () => {
  let app: FakeApplication;
  let client: WebhookClient;
  const ask = (
    path: string,
    method: HttpMethod = 'POST',
    fields: Record<string, string> = { B: 'two words', A: 'é&=', Empty: '' },
  ) => client.request({ url: `${app.url}${path}`, method, fields, idempotencyToken: 'token-1' });

  beforeEach(async () => {
    app = new FakeApplication();
    await app.start();
    client = new WebhookClient({ authToken: AUTH_TOKEN, network: { route: (url) => url, tls: {} } });
  });

  afterEach(() => app.stop());

  it('posts a signed form, blank fields included', async () => {
    app.on('/v', '<Response/>');
    expect(await ask('/v?q=1&r=%20x')).toMatchObject({ kind: 'answered', status: 200, attempts: 1 });
    const [request] = app.requests;
    expect(request).toMatchObject({
      method: 'POST',
      query: 'q=1&r=%20x',
      fields: { A: 'é&=', B: 'two words', Empty: '' },
    });
    expect(request!.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'i-twilio-idempotency-token': 'token-1',
    });
    const signature = String(request!.headers['x-twilio-signature']);
    expect(twilio.validateRequest(AUTH_TOKEN, signature, `${app.url}/v?q=1&r=%20x`, request!.fields)).toBe(
      true,
    );
    expect(twilio.validateRequest(AUTH_TOKEN, signature, `${app.url}/v`, request!.fields)).toBe(false);
  });

  it('puts the fields of a GET into the query and signs the URL as sent', async () => {
    app.on('/v', '<Response/>');
    await ask('/v?q=1', 'GET');
    const [request] = app.requests;
    expect(request).toMatchObject({ method: 'GET', body: '' });
    const url = `${app.url}/v?${request!.query}`;
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      q: '1',
      A: 'é&=',
      B: 'two words',
      Empty: '',
    });
    expect(twilio.validateRequest(AUTH_TOKEN, String(request!.headers['x-twilio-signature']), url, {})).toBe(
      true,
    );
  });

  it('signs and names the public URL wherever it is routed to', async () => {
    app.on('/v', '<Response/>');
    const routed = new WebhookClient({
      authToken: AUTH_TOKEN,
      network: { route: (url) => new URL(url.pathname, app.url), tls: {} },
    });
    await routed.request({
      url: 'https://voice.example.test/v',
      method: 'POST',
      fields: { A: '1' },
      idempotencyToken: 't',
    });
    const [request] = app.requests;
    expect(request!.headers.host).toBe('voice.example.test');
    expect(
      twilio.validateRequest(
        AUTH_TOKEN,
        String(request!.headers['x-twilio-signature']),
        'https://voice.example.test/v',
        { A: '1' },
      ),
    ).toBe(true);
  });

  it('does not retry an answer of the server, unless told to', async () => {
    let calls = 0;
    app.on('/v', () => ({ status: (calls += 1) < 3 ? 503 : 200, body: '<Response/>' }));
    expect(await ask('/v')).toMatchObject({ status: 503, attempts: 1 });
    calls = 0;
    expect(await ask('/v#rc=1&rp=4xx')).toMatchObject({ status: 503, attempts: 1 });
    calls = 0;
    expect(await ask('/v#rc=1&rp=5xx')).toMatchObject({ status: 503, attempts: 2 });
    calls = 0;
    expect(await ask('/v#rc=5&rp=all')).toMatchObject({ status: 200, attempts: 3 });
    const tokens = new Set(app.requests.map((request) => request.headers['i-twilio-idempotency-token']));
    expect(tokens).toEqual(new Set(['token-1']));
  });

  it('drops a slow answer after the read time, and retries only by policy', async () => {
    app.on('/v', { body: '<Response/>', delayMs: 2000 });
    expect(await ask('/v#rt=100')).toMatchObject({ kind: 'failed', code: 11_200, attempts: 1 });
    expect(await ask('/v#rt=100&rp=rt&rc=2')).toMatchObject({ kind: 'failed', code: 11_200, attempts: 3 });
  });

  it('never takes longer than the total time, however many retries are left', async () => {
    app.on('/v', { body: '<Response/>', delayMs: 2000 });
    const outcome = await ask('/v#rt=100&rp=rt&rc=5&tt=250');
    expect(outcome.kind).toBe('failed');
    expect(outcome.attempts).toBeLessThanOrEqual(3);
  });

  it.each(['nowhere', 'http://', 'ftp://x.test/', 'javascript:alert(1)'])('refuses %p', async (url) => {
    const outcome = await client.request({ url, method: 'POST', fields: {}, idempotencyToken: 't' });
    expect(outcome).toMatchObject({ kind: 'failed', code: 11_100, attempts: 0 });
  });

  it('refuses settings it does not know', async () => {
    expect(await ask('/v#rp=sometimes')).toMatchObject({ kind: 'failed', code: 11_243, attempts: 0 });
  });
});

describe('the webhook client without a server', () => {
  let server: Server | null = null;
  const client = new WebhookClient({ authToken: AUTH_TOKEN, network: { route: (url) => url, tls: {} } });
  const sockets = new Set<Socket>();
  const listen = async (onConnection: (socket: Socket) => void) => {
    server = createTcpServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      onConnection(socket);
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const ask = (url: string) => client.request({ url, method: 'POST', fields: {}, idempotencyToken: 't' });

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    server = null;
  });

  it('tries a refused connection twice', async () => {
    const address = await listen(() => undefined);
    await new Promise<void>((resolve) => server!.close(() => resolve()));
    server = null;
    expect(await ask(`http://${address}/v`)).toMatchObject({ kind: 'failed', code: 11_205, attempts: 2 });
  });

  it('treats a connection cut in mid-request as a failed answer', async () => {
    const address = await listen((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await ask(`http://${address}/v`)).toMatchObject({ kind: 'failed', code: 11_200, attempts: 1 });
  });

  it('reports an answer that is not HTTP', async () => {
    const address = await listen((socket) => socket.end('SSH-2.0-hello\r\n'));
    expect(await ask(`http://${address}/v`)).toMatchObject({ kind: 'failed', code: 11_206 });
  });

  it('reports a TLS handshake that fails', async () => {
    const address = await listen((socket) => socket.end('this is not TLS at all, not even close\r\n'));
    expect(await ask(`https://${address}/v`)).toMatchObject({ kind: 'failed', code: 11_220 });
  });
});
