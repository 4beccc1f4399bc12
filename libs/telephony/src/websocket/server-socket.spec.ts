import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { acceptWebSocket } from './handshake.ts';
import type { ServerSocket } from './server-socket.ts';

const MAX_BYTES = 1_000;

let server: Server;
let port: number;
let accepted: ServerSocket[];
let got: string[];

beforeEach(async () => {
  accepted = [];
  got = [];
  server = createServer();
  server.on('upgrade', (request, stream, head) => {
    const socket = acceptWebSocket(request, stream, head, MAX_BYTES);
    if (!socket) return;
    accepted.push(socket);
    socket.onFault = () => got.push('fault');
    socket.listener = { onMessage: (data, isBinary) => got.push(`${isBinary ? 'binary' : 'text'} ${data.toString()}`), onClosed: (code) => got.push(`closed ${code}`) };
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  for (const socket of accepted) {
    socket.listener = null;
    socket.terminate();
  }
  server.close();
  await once(server, 'close');
});

async function client(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: true });
  await once(socket, 'open');
  return socket;
}

async function until(line: string, lines: readonly string[] = got): Promise<void> {
  for (let waited = 0; !lines.includes(line) && waited < 1_000; waited += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(lines).toContain(line);
}

/** Sends the bytes of a request and answers what comes back first. */
async function ask(request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString();
}

const handshake = (changes: Record<string, string | null> = {}): string => {
  const headers = { Host: 'x', Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', ...changes };
  return `GET / HTTP/1.1\r\n${Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}\r\n`])).join('')}\r\n`;
};

describe('a WebSocket at the server’s end', () => {
  it('carries messages both ways, several in one write as several', async () => {
    const far = await client();
    const heard: string[] = [];
    far.on('message', (data, isBinary) => heard.push(`${isBinary} ${(data as Buffer).toString()}`));
    far.send('hello');
    far.send(Buffer.from('bytes'));
    await until('binary bytes');
    expect(got).toEqual(['text hello', 'binary bytes']);
    accepted[0]!.send('one', Buffer.from('two'), 'ä'.repeat(400), 'x'.repeat(70_000));
    await until(`false ${'x'.repeat(70_000)}`, heard);
    expect(heard).toEqual(['false one', 'false two', `false ${'ä'.repeat(400)}`, `false ${'x'.repeat(70_000)}`]);
    far.terminate();
  });

  it('answers pings', async () => {
    const far = await client();
    far.ping('are you there');
    const [payload] = (await once(far, 'pong')) as [Buffer];
    expect(payload.toString()).toBe('are you there');
    far.terminate();
  });

  it('is closed by the peer, with its code', async () => {
    const far = await client();
    far.close(1001, 'leaving');
    const [code] = (await once(far, 'close')) as [number];
    await until('closed 1001');
    expect(code).toBe(1001);
    expect(got).toEqual(['closed 1001']);
  });

  it('is closed by us, with code and reason, and says nothing more', async () => {
    const far = await client();
    const closing = once(far, 'close');
    accepted[0]!.close(1008, 'no audio');
    accepted[0]!.send('too late');
    const [code, reason] = (await closing) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1008, 'no audio']);
    await until('closed 1008');
    expect(accepted[0]!.isOpen).toBe(false);
  });

  it('is gone without a word when the peer is', async () => {
    const far = await client();
    far.terminate();
    await until('closed 1006');
    expect(got.filter((line) => line !== 'fault')).toEqual(['closed 1006']);
  });

  it('refuses a message over the bound', async () => {
    const far = await client();
    const closing = once(far, 'close');
    far.send('x'.repeat(MAX_BYTES + 1));
    const [code] = (await closing) as [number];
    expect(code).toBe(1009);
    await until('closed 1009');
    expect(got).toContain('fault');
  });

  it('goes to the holder of the moment: the later one takes the place of the earlier', async () => {
    const far = await client();
    far.send('for the first');
    await until('text for the first');
    const later: string[] = [];
    accepted[0]!.listener = { onMessage: (data) => later.push(data.toString()), onClosed: () => later.push('closed') };
    far.send('for the second');
    far.close();
    await until('closed', later);
    expect(later).toEqual(['for the second', 'closed']);
    expect(got).toEqual(['text for the first']);
  });

  it('has a message that came together with the handshake', async () => {
    const socket = connect(port, '127.0.0.1');
    const hello = Buffer.from([0x81, 0x85, 0, 0, 0, 0, ...Buffer.from('early')]);
    socket.write(Buffer.concat([Buffer.from(handshake()), hello]));
    await until('text early');
    socket.destroy();
  });
});

describe('a handshake', () => {
  it('of the RFC’s own example is answered as there', async () => {
    const answer = await ask(handshake());
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n');
    expect(answer).not.toMatch(/extensions/i);
  });

  it.each([
    ['for something else', { Upgrade: 'h2c' }, '400'],
    ['without a key', { 'Sec-WebSocket-Key': null }, '400'],
    ['with a key of the wrong length', { 'Sec-WebSocket-Key': 'c2hvcnQ=' }, '400'],
    ['of another version', { 'Sec-WebSocket-Version': '8' }, '426'],
  ])('%s is refused', async (_what, changes, status) => {
    expect(await ask(handshake(changes))).toContain(`HTTP/1.1 ${status} `);
    expect(accepted).toEqual([]);
  });
});
