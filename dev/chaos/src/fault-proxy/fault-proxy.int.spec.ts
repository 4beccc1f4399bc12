import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FaultProxy } from './fault-proxy.ts';

let echo: Server;
let proxy: FaultProxy;
let clients: Socket[];
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeEach(async () => {
  clients = [];
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  proxy = await FaultProxy.start(() => [portOf(echo)]);
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await proxy.stop();
  await new Promise((resolve) => echo.close(resolve));
});

/** Returns a client with the data it received and the end of its connection. */
function client() {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  let heard = '';
  let end: string | null = null;
  socket.on('data', (data) => (heard += data.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => (end = error.code ?? 'error'));
  socket.on('end', () => (end ??= 'FIN'));
  return { socket, heard: () => heard, end: () => end };
}

async function eventually(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited += 5) {
    if (waited > 20_000) throw new TypeError('It did not come about.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a line', () => {
  it('passes all data, and the end', async () => {
    const { socket, heard, end } = client();
    socket.end('hello');
    await eventually(() => end() !== null);
    expect([heard(), end()]).toEqual(['hello', 'FIN']);
  });

  it('when silent passes and closes nothing, and later delivers the held data', async () => {
    const { socket, heard, end } = client();
    socket.write('one');
    await eventually(() => heard() === 'one');
    proxy.set({ isSilent: true });
    socket.write('two');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([heard(), end()]).toEqual(['one', null]);
    proxy.set({});
    await eventually(() => heard() === 'onetwo');
  });

  it.each(['fin', 'reset'] as const)('is cut by %s', async (how) => {
    const { socket, heard, end } = client();
    socket.write('one');
    await eventually(() => heard() === 'one');
    proxy.cut(how);
    await eventually(() => end() !== null);
    expect(end()).toBe(how === 'fin' ? 'FIN' : 'ECONNRESET');
  });

  it('when slow or narrow keeps the order and loses nothing', async () => {
    proxy.set({ latencyMs: 20, bytesPerSecond: 400_000 });
    const { socket, heard } = client();
    const text = Array.from({ length: 5_000 }, (_, index) => String(index)).join(' ');
    socket.write(text);
    await eventually(() => heard().length === text.length);
    expect(heard()).toBe(text);
  });

  it('goes to the next target when one does not answer', async () => {
    const dead = createServer();
    await new Promise<void>((resolve) => dead.listen(0, '127.0.0.1', resolve));
    const deadPort = portOf(dead);
    await new Promise((resolve) => dead.close(resolve));
    const balanced = await FaultProxy.start(() => [deadPort, portOf(echo)]);
    const heard = Array.from({ length: 10 }, () => {
      const socket = connect(balanced.port, '127.0.0.1');
      clients.push(socket);
      const answer = new Promise<string>((resolve, reject) => {
        socket.once('data', (data) => resolve(data.toString()));
        socket.once('error', reject);
      });
      socket.write('x');
      return answer;
    });
    expect(await Promise.all(heard)).toEqual(Array.from({ length: 10 }, () => 'x'));
    await balanced.stop();
  });
});
