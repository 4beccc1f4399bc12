import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AudioSocketConnection } from './audiosocket-connection.ts';
import { frameOf } from './testing/audiosocket-far-side.ts';

let servers: Server[] = [];
let sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  servers = [];
  sockets = [];
});

/** A connection of ours, with the peer's end of it. */
async function given() {
  const messages: string[] = [];
  const closed: number[] = [];
  const errors: Error[] = [];
  const server = createServer();
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const peer = connect({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    allowHalfOpen: true,
  });
  peer.on('error', () => undefined);
  const [ours] = await accepted;
  sockets.push(peer, ours);
  const connection = new AudioSocketConnection(ours, (error) => void errors.push(error));
  const isClosed = new Promise<void>((resolve) => connection.once('close', resolve));
  connection.listener = {
    onMessage: (data) => void messages.push(data.toString('hex')),
    onClosed: (code) => void closed.push(code),
  };
  return { peer, ours, connection, messages, closed, errors, isClosed };
}
const audio = frameOf(0x10, new Uint8Array(320).fill(3));

describe('an AudioSocket connection', () => {
  it('passes on frames whole, however they were cut on their way', async () => {
    const { peer, messages, isClosed } = await given();
    peer.setNoDelay(true);
    for (const part of [
      audio.subarray(0, 1),
      audio.subarray(1, 2),
      audio.subarray(2, 9),
      audio.subarray(9),
    ]) {
      peer.write(part);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    peer.end();
    await isClosed;
    expect(messages).toEqual([audio.toString('hex')]);
  });

  it('is gone at the peer’s FIN, with what still waits to be sent', async () => {
    const { peer, connection, closed, ours, isClosed } = await given();
    peer.pause();
    while (connection.unsentBytes < 1_000_000) connection.send(Buffer.alloc(1_000_000));
    peer.end();
    await isClosed;
    expect([closed, ours.destroyed]).toEqual([[1000], true]);
  });

  it('that ends within a frame, or is reset, has not ended in order', async () => {
    const half = await given();
    half.peer.end(audio.subarray(0, 100));
    await half.isClosed;
    const reset = await given();
    reset.peer.resetAndDestroy();
    await reset.isClosed;
    expect([half.closed, reset.closed]).toEqual([[1006], [1006]]);
    expect(reset.errors.map(({ message }) => message)).toEqual(['read ECONNRESET']);
  });

  it('tells the peer that it hangs up, and does not wait for a peer that does not close', async () => {
    const { peer, connection, isClosed } = await given();
    const received: Buffer[] = [];
    peer.on('data', (chunk: Buffer) => void received.push(chunk));
    connection.send(audio);
    connection.close();
    connection.close();
    connection.send(audio);
    await isClosed;
    expect(Buffer.concat(received)).toEqual(Buffer.concat([audio, Buffer.of(0, 0, 0)]));
  });
});
