import { describe, expect, it } from '@jest/globals';
import { KnownAddresses, networkOf } from './known-addresses.ts';

describe('known addresses of API keys', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::7', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s is %s', (address, network) => expect(networkOf(address)).toBe(network));

  it('are asked about once, and again after a failure', async () => {
    const known = new KnownAddresses();
    const asked: string[] = [];
    const ask = (network: string) => {
      asked.push(network);
      return Promise.resolve();
    };
    await expect(
      known.note('key', '203.0.113.9', () => Promise.reject(new RangeError('away'))),
    ).rejects.toThrow();
    for (const address of ['203.0.113.9', '203.0.113.9', '2001:db8::7', '2001:db8::8'])
      await known.note('key', address, ask);
    await known.note('other', '203.0.113.9', ask);
    expect(asked).toEqual(['203.0.113.9', '2001:db8:0:0::/64', '203.0.113.9']);
  });
});
