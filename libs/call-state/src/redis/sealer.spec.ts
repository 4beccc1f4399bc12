import { describe, expect, it } from '@jest/globals';
import { Sealer } from './sealer.ts';

const key = (seed: number) => ({ keyId: `k${seed}`, key: new Uint8Array(32).fill(seed) });

const sealer = new Sealer([key(1)]);

describe('sealed data', () => {
  it('does not open elsewhere, changed, or malformed', () => {
    const sealed = sealer.seal({ a: 1 }, 'here');
    expect(sealer.open(sealed, 'here')).toEqual({ a: 1 });
    expect(() => sealer.open(sealed, 'there')).toThrow('damaged');
    expect(() => sealer.open(`${sealed.slice(0, -2)}AA`, 'here')).toThrow('damaged');
    expect(() => sealer.open('k1.AAAA', 'here')).toThrow('malformed');
    expect(() => sealer.open(sealed.replace('k1', 'k9'), 'here')).toThrow('unknown-key');
  });
});
