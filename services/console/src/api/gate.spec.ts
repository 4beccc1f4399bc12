import { describe, expect, it } from '@jest/globals';
import { Gate } from './gate.ts';

describe('requests without a session', () => {
  it('wait for one sign-in and go on together', async () => {
    const gate = new Gate();
    const seen: unknown[] = [];
    gate.subscribe(() => seen.push(gate.current()));
    const waiting = [gate.wait('confirm'), gate.wait('sign-in'), gate.wait('confirm')];
    expect(gate.current()).toBe('sign-in');
    gate.settle(true);
    expect(await Promise.all(waiting)).toEqual([true, true, true]);
    expect(seen).toEqual(['confirm', 'sign-in', null]);
  });

  it('are refused when the dialog is closed, and the next one asks again', async () => {
    const gate = new Gate();
    const first = gate.wait('sign-in');
    gate.settle(false);
    expect([await first, gate.current()]).toEqual([false, null]);
    const second = gate.wait('confirm');
    expect(gate.current()).toBe('confirm');
    gate.settle(true);
    expect(await second).toBe(true);
  });
});
