import { beforeEach, describe, expect, it } from '@jest/globals';
import { PlayoutBuffer } from './playout-buffer.ts';

const FRAME = 160;

describe('the playout buffer', () => {
  let echoes: string[];
  let buffer: PlayoutBuffer;
  const frame = new Uint8Array(FRAME);
  const tick = () => {
    buffer.settle();
    return buffer.take(frame);
  };

  beforeEach(() => {
    echoes = [];
    buffer = new PlayoutBuffer((mark, cause) => echoes.push(`${mark.name} ${cause}`));
  });

  it('plays the received bytes in order, across message borders', () => {
    buffer.append(Uint8Array.from({ length: 100 }, () => 1));
    buffer.append(Uint8Array.from({ length: 100 }, () => 2));
    expect(tick()).toBe(FRAME);
    expect([frame[0], frame[99], frame[100], frame[159]]).toEqual([1, 1, 2, 2]);
    expect(tick()).toBe(40);
    expect(tick()).toBe(0);
    expect(buffer.playedBytes).toBe(200);
  });

  it('echoes a mark only after every byte before it was heard', () => {
    buffer.append(new Uint8Array(2 * FRAME));
    buffer.mark('end', 0);
    tick();
    tick();
    expect(echoes).toEqual([]);
    tick();
    expect(echoes).toEqual(['end played']);
  });

  it('echoes a mark in the middle of a frame when that frame was heard', () => {
    buffer.append(new Uint8Array(10));
    buffer.mark('early', 0);
    buffer.append(new Uint8Array(FRAME));
    buffer.mark('late', 0);
    tick();
    expect(echoes).toEqual([]);
    tick();
    expect(echoes).toEqual(['early played']);
    tick();
    expect(echoes).toEqual(['early played', 'late played']);
  });

  it('echoes a mark at once when nothing is before it', () => {
    buffer.mark('alone', 0);
    buffer.mark('second', 0);
    expect(echoes).toEqual(['alone played', 'second played']);
  });

  it('does not echo a mark at once while the last frame still sounds', () => {
    buffer.append(new Uint8Array(FRAME));
    tick();
    buffer.mark('after', 0);
    expect(echoes).toEqual([]);
    tick();
    expect(echoes).toEqual(['after played']);
  });

  it('brings all outstanding marks back in order on clear, and drops the rest', () => {
    buffer.append(new Uint8Array(FRAME));
    buffer.mark('a', 0);
    buffer.append(new Uint8Array(3 * FRAME));
    buffer.mark('b', 0);
    buffer.mark('c', 0);
    tick();
    tick();
    expect(echoes).toEqual(['a played']);
    buffer.clear();
    expect(echoes).toEqual(['a played', 'b cleared', 'c cleared']);
    expect(buffer.queuedBytes).toBe(0);
    expect(buffer.droppedBytes).toBe(2 * FRAME);
    tick();
    expect(buffer.playedBytes).toBe(2 * FRAME);
    expect(echoes).toHaveLength(3);
  });

  it('puts a mark after clear behind the frame that still sounds', () => {
    buffer.append(new Uint8Array(3 * FRAME));
    tick();
    buffer.clear();
    buffer.mark('next', 0);
    expect(echoes).toEqual([]);
    tick();
    expect(echoes).toEqual(['next played']);
  });

  it('plays new audio after a clear from its first byte', () => {
    buffer.append(new Uint8Array(1000).fill(1));
    tick();
    buffer.clear();
    buffer.append(new Uint8Array(FRAME).fill(7));
    buffer.mark('new', 0);
    expect(tick()).toBe(FRAME);
    expect(frame.every((byte) => byte === 7)).toBe(true);
    tick();
    expect(echoes).toEqual(['new played']);
  });

  it('counts every byte exactly once over long mixed use', () => {
    let received = 0;
    for (let i = 1; i <= 2000; i += 1) {
      const size = (i * 37) % 500;
      received += size;
      buffer.append(new Uint8Array(size));
      if (i % 3 === 0) buffer.mark(String(i), 0);
      if (i % 97 === 0) buffer.clear();
      tick();
      expect(buffer.playedBytes + buffer.droppedBytes + buffer.queuedBytes).toBeLessThanOrEqual(received);
    }
    while (tick() > 0);
    expect(buffer.playedBytes + buffer.droppedBytes).toBe(received);
    expect(echoes.map((echo) => Number(echo.split(' ')[0]))).toEqual(
      Array.from({ length: 666 }, (_, i) => (i + 1) * 3),
    );
  });
});
