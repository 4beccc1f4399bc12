import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cachedDownload } from './cached-download.ts';

let cache: string;
let target: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'tandem-cache-'));
  target = join(cache, 'debian/flite-1');
});
afterEach(() => rmSync(cache, { recursive: true }));

function fill(aside: string): Promise<void> {
  writeFileSync(join(aside, 'flite'), 'program');
  return Promise.resolve();
}

describe('a download into the cache', () => {
  it('is done once', async () => {
    let times = 0;
    const counted = (aside: string) => {
      times += 1;
      return fill(aside);
    };
    await cachedDownload(target, counted);
    await cachedDownload(target, counted);
    expect(times).toBe(1);
    expect(readFileSync(join(target, 'flite'), 'utf8')).toBe('program');
  });

  it('is done once by simultaneous starters', async () => {
    let times = 0;
    const slow = async (aside: string) => {
      times += 1;
      await new Promise((resolve) => setImmediate(resolve));
      await fill(aside);
    };
    await Promise.all([
      cachedDownload(target, slow),
      cachedDownload(target, slow),
      cachedDownload(target, slow),
    ]);
    expect(times).toBe(1);
  });

  it('leaves nothing after a failure and is tried again', async () => {
    const failing = async (aside: string) => {
      await fill(aside);
      throw new Error('the network went away');
    };
    await expect(cachedDownload(target, failing)).rejects.toThrow('the network went away');
    expect(readdirSync(join(cache, 'debian'))).toEqual([]);
    expect(await cachedDownload(target, fill)).toBe(target);
  });

  it('removes the rest of an interrupted one', async () => {
    mkdirSync(`${target}.part-0123abcd`, { recursive: true });
    await cachedDownload(target, fill);
    expect(readdirSync(join(cache, 'debian'))).toEqual(['flite-1']);
  });
});
