import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createDataSource } from './data-source.ts';

/** A message of the PostgreSQL protocol: a letter, the length of the rest, the rest. */
function message(letter: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const GOING_DOWN = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
);

describe('a server that goes away as it lets a client in', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  it('is an error to the query that waits for it, and ends no process', async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, GOING_DOWN])));
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => server?.once('listening', listening));
    const { port } = server.address() as AddressInfo;
    // An error event without a listener would end this process, and with it the spec.
    await expect(
      createDataSource({ url: `postgres://tandem@127.0.0.1:${port}/none`, poolSize: 2 }).initialize(),
    ).rejects.toMatchObject({ message: expect.stringMatching(/not queryable|terminated/) });
  });
});
