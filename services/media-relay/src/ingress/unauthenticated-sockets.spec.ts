import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { UnauthenticatedSockets } from './unauthenticated-sockets.ts';

/** Ignores close frames; closes only when it is terminated. */
class StubbornSocket extends EventEmitter {
  readonly closes: [number, string][] = [];
  isTerminated = false;

  close(code: number, reason: string): void {
    this.closes.push([code, reason]);
  }

  terminate(): void {
    this.isTerminated = true;
    this.emit('close', 1006);
  }
}

function given({ maxSockets = 10, closeTimeoutMs = 5 } = {}) {
  let evicted = 0;
  const sockets = new UnauthenticatedSockets({ maxSockets, closeTimeoutMs }, () => (evicted += 1));
  const open = (): StubbornSocket => {
    const socket = new StubbornSocket();
    sockets.add(socket);
    return socket;
  };
  return { sockets, open, evicted: () => evicted };
}

describe('a socket without a valid ticket', () => {
  it('is terminated when the peer does not close it after the refusal', async () => {
    const { sockets, open } = given();
    const socket = open();
    const closed = once(socket, 'close');
    sockets.refuse(socket, 1008, 'no-start');
    expect([socket.closes, socket.isTerminated]).toEqual([[[1008, 'no-start']], false]);
    await closed;
    expect([socket.isTerminated, sockets.size]).toEqual([true, 0]);
  });

  it('is left alone when the peer closes it, or when it belongs to a call', async () => {
    const { sockets, open } = given({ closeTimeoutMs: 1 });
    const polite = open();
    sockets.refuse(polite, 1008, 'no-start');
    polite.emit('close', 1008);
    const held = open();
    sockets.markAuthenticated(held);
    const stubborn = open();
    sockets.refuse(stubborn, 1008, 'no-start');
    await once(stubborn, 'close');
    expect([polite.isTerminated, held.isTerminated, sockets.size]).toEqual([false, false, 0]);
  });

  it('is evicted by a newer one when there are too many, and counted', () => {
    const { sockets, open, evicted } = given({ maxSockets: 3 });
    const [first, second, third, fourth] = [open(), open(), open(), open()];
    expect([first, second, third, fourth].map(({ isTerminated }) => isTerminated)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([sockets.size, evicted()]).toEqual([3, 1]);
  });

  it('counts towards the limit while it is refused and not closed yet', () => {
    const { sockets, open, evicted } = given({ maxSockets: 2, closeTimeoutMs: 1_000 });
    const first = open();
    sockets.refuse(first, 1008, 'not-a-start');
    open();
    expect([first.isTerminated, sockets.size]).toEqual([false, 2]);
    open();
    expect([first.isTerminated, sockets.size, evicted()]).toEqual([true, 2, 1]);
  });
});
