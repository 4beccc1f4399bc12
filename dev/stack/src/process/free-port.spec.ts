import { describe, expect, it } from '@jest/globals';
import { StackError } from '../checkout/stack-error.ts';
import { PortChooser } from './free-port.ts';

/** Returns a chooser that hands out `picks` one after the other, then the last one for ever. */
function chooser(picks: number[], taken: number[] = []) {
  return new PortChooser({
    isFree: (port) => Promise.resolve(!taken.includes(port)),
    pick: () => (picks.length > 1 ? picks.shift() : picks[0]) ?? 0,
  });
}

describe('choice of a port', () => {
  it('passes over ports in use', async () => {
    expect(await chooser([21_000, 21_001], [21_000]).free()).toBe(21_001);
  });

  it('never hands out a port twice', async () => {
    const ports = chooser([21_000, 21_000, 21_001]);
    expect([await ports.free(), await ports.free()]).toEqual([21_000, 21_001]);
  });

  it('never hands out a port twice to callers at the same time', async () => {
    const ports = chooser([21_000, 21_000, 21_000, 21_001]);
    const both = await Promise.all([ports.free(), ports.free()]);
    expect(new Set(both).size).toBe(2);
  });

  it('says so when every port is in use', async () => {
    await expect(chooser([21_000], [21_000]).free()).rejects.toThrow(StackError);
  });

  it('takes the usual port when it is free', async () => {
    expect(await chooser([21_000]).prefer(54_329)).toBe(54_329);
  });

  it('takes another one when the usual port is in use', async () => {
    expect(await chooser([21_000], [54_329]).prefer(54_329)).toBe(21_000);
  });

  it('takes another one when the usual port was handed out before', async () => {
    const ports = chooser([21_000]);
    await ports.prefer(54_329);
    expect(await ports.prefer(54_329)).toBe(21_000);
  });

  it('stays below the range of outgoing connections', async () => {
    const asked: [number, number][] = [];
    await new PortChooser({
      isFree: () => Promise.resolve(true),
      pick: (lowest, highest) => {
        asked.push([lowest, highest]);
        return lowest;
      },
    }).free();
    expect(asked).toEqual([[20_000, 32_767]]);
  });
});
