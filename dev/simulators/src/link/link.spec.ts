import { describe, expect, it } from '@jest/globals';
import { ManualClock, seededRandom } from '@tandem/kit';
import { INTERNET, Link, linkText, NO_DISTANCE, type LinkSettings } from './link.ts';

const open = (settings: LinkSettings, seed = 1): { clock: ManualClock; link: Link } => {
  const clock = new ManualClock();
  return { clock, link: new Link(settings, clock, seededRandom(seed)) };
};

/** Returns the delay in ms of each of fifty messages a second. */
function delays(settings: LinkSettings, seed: number, messages = 500): number[] {
  const { clock, link } = open(settings, seed);
  const taken: number[] = [];
  for (let message = 0; message < messages; message += 1) {
    const sentAt = clock.now();
    link.toServer.send(() => taken.push(clock.now() - sentAt));
    clock.advance(20);
  }
  clock.advance(5_000);
  return taken;
}

describe('a link', () => {
  it('delivers before it returns where there is no distance', () => {
    const { link } = open(NO_DISTANCE);
    const arrived: string[] = [];
    link.toServer.send(() => arrived.push('there'));
    link.toClient.send(() => arrived.push('back'));
    expect(arrived).toEqual(['there', 'back']);
  });

  it('takes half its round trip each way, plus jitter', () => {
    for (const taken of delays({ roundTripMs: [100, 100], jitterMs: 15, lossShare: 0 }, 7)) {
      expect(taken).toBeGreaterThanOrEqual(49);
      expect(taken).toBeLessThanOrEqual(66);
    }
  });

  it('keeps the order, and delivers the data behind a lost packet all at once', () => {
    const { clock, link } = open({ roundTripMs: [40, 40], jitterMs: 10, lossShare: 0.05 }, 3);
    const arrived: { message: number; at: number }[] = [];
    for (let message = 0; message < 1_000; message += 1) {
      link.toServer.send(() => arrived.push({ message, at: clock.now() }));
      clock.advance(20);
    }
    clock.advance(5_000);
    expect(arrived.map(({ message }) => message)).toEqual(
      Array.from({ length: 1_000 }, (_, message) => message),
    );
    const together = Map.groupBy(arrived, ({ at }) => at);
    expect(Math.max(...[...together.values()].map(({ length }) => length))).toBeGreaterThan(3);
  });

  it('draws the same again with the same seed, another round trip for another link', () => {
    expect(delays(INTERNET, 5)).toEqual(delays(INTERNET, 5));
    const shortest = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => Math.min(...delays(INTERNET, seed)));
    expect(new Set(shortest.map(Math.round)).size).toBeGreaterThan(5);
    for (const ms of shortest) {
      expect(ms).toBeGreaterThanOrEqual(9);
      expect(ms).toBeLessThanOrEqual(140);
    }
  });

  it('drops the data under way when it is reset', () => {
    const { clock, link } = open(INTERNET);
    const arrived: string[] = [];
    link.toServer.send(() => arrived.push('lost'));
    link.drop();
    link.toServer.send(() => arrived.push('after'));
    clock.advance(1_000);
    expect(arrived).toEqual(['after']);
  });

  it('describes itself', () => {
    expect(linkText(INTERNET)).toBe('20–250 ms round trip, up to 15 ms jitter, 0.2 % of packets sent again');
    expect(linkText(NO_DISTANCE)).toBe('no round trip');
  });
});
