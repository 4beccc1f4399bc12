import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { UnprovedSockets } from './unproved-sockets.ts';

/** Says nothing, and closes only when it is cut off. */
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

function given({ most = 10, farewellMs = 5 } = {}) {
  let crowdedOut = 0;
  const unproved = new UnprovedSockets({ most, farewellMs }, () => (crowdedOut += 1));
  const open = (): StubbornSocket => {
    const socket = new StubbornSocket();
    unproved.add(socket as never);
    return socket;
  };
  return { unproved, open, crowdedOut: () => crowdedOut };
}

describe('a socket that has not proved itself', () => {
  it('is cut off when it does not answer the refusal', async () => {
    const { unproved, open } = given();
    const socket = open();
    const closed = once(socket, 'close');
    unproved.refuse(socket as never, 1008, 'no-start');
    expect([socket.closes, socket.isTerminated]).toEqual([[[1008, 'no-start']], false]);
    await closed;
    expect([socket.isTerminated, unproved.size]).toEqual([true, 0]);
  });

  it('is left alone when it says goodbye itself, or belongs to a call', async () => {
    const { unproved, open } = given({ farewellMs: 1 });
    const polite = open();
    unproved.refuse(polite as never, 1008, 'no-start');
    polite.emit('close', 1008);
    const held = open();
    unproved.proved(held as never);
    const stubborn = open();
    unproved.refuse(stubborn as never, 1008, 'no-start');
    await once(stubborn, 'close');
    expect([polite.isTerminated, held.isTerminated, unproved.size]).toEqual([false, false, 0]);
  });

  it('makes room for a newer one when there are too many, and is counted', () => {
    const { unproved, open, crowdedOut } = given({ most: 3 });
    const [first, second, third, fourth] = [open(), open(), open(), open()];
    expect([first, second, third, fourth].map(({ isTerminated }) => isTerminated)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([unproved.size, crowdedOut()]).toEqual([3, 1]);
  });

  it('counts while it is refused and still there', () => {
    const { unproved, open, crowdedOut } = given({ most: 2, farewellMs: 1_000 });
    const first = open();
    unproved.refuse(first as never, 1008, 'not-a-start');
    open();
    expect([first.isTerminated, unproved.size]).toEqual([false, 2]);
    open();
    expect([first.isTerminated, unproved.size, crowdedOut()]).toEqual([true, 2, 1]);
  });
});
