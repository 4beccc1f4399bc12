import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PromptVariant } from '@tandem/contracts';
import { chooseVariant } from './variant-choice.ts';

const SALT = 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01';
const people = Array.from({ length: 4_000 }, (_, index) => `+1202555${String(index).padStart(4, '0')}`);
const arms = (weights: Record<string, number>): PromptVariant[] =>
  Object.entries(weights).map(([key, weight]) => ({ key, weight }));
const deal = (
  weights: Record<string, number>,
  change: { name?: string; salt?: string; tenantId?: string; agentId?: string } = {},
) => {
  const { name = 'greeting', salt = SALT, tenantId = 't1', agentId = 'a1' } = change;
  return people.map(
    (caller) => chooseVariant({ name, variants: arms(weights), salt }, { tenantId, agentId, caller })?.key,
  );
};
const share = (dealt: readonly (string | undefined)[], key: string) =>
  dealt.filter((got) => got === key).length / dealt.length;
const sameFor = (a: readonly unknown[], b: readonly unknown[]) =>
  a.filter((got, index) => got === b[index]).length / a.length;

const weightsArbitrary = fc.uniqueArray(
  fc.record({ key: fc.stringMatching(/^[a-z]{1,6}$/), weight: fc.integer({ min: 1, max: 1_000 }) }),
  { selector: ({ key }) => key, minLength: 1, maxLength: 6 },
);
const callerArbitrary = fc.stringMatching(/^\+[1-9][0-9]{6,14}$/);

describe('the arm of an experiment', () => {
  it('is the same for a caller every time, in any order of the arms', () => {
    fc.assert(
      fc.property(weightsArbitrary, callerArbitrary, (variants, caller) => {
        const participant = { tenantId: 't1', agentId: 'a1', caller };
        const first = chooseVariant({ name: 'x', variants, salt: SALT }, participant);
        expect(
          chooseVariant({ name: 'x', variants: [...variants].reverse(), salt: SALT }, participant)?.key,
        ).toBe(first?.key);
        expect(variants.map(({ key }) => key)).toContain(first?.key);
      }),
    );
  });

  it('changes under other weights only to an arm that gained, or from one that lost', () => {
    fc.assert(
      fc.property(
        weightsArbitrary,
        fc.nat({ max: 5 }),
        fc.integer({ min: 0, max: 5_000 }),
        callerArbitrary,
        (variants, which, weight, caller) => {
          const changed = variants[which % variants.length]!;
          const after = variants.map((variant) => (variant === changed ? { ...variant, weight } : variant));
          const participant = { tenantId: 't1', agentId: 'a1', caller };
          const was = chooseVariant({ name: 'x', variants, salt: SALT }, participant)?.key;
          const is = chooseVariant({ name: 'x', variants: after, salt: SALT }, participant)?.key;
          if (was === is) return;
          if (weight > changed.weight) expect(is).toBe(changed.key);
          else expect(was).toBe(changed.key);
        },
      ),
    );
  });

  it('is distributed by weight', () => {
    const dealt = deal({ a: 70, b: 20, c: 10 });
    expect(share(dealt, 'a')).toBeCloseTo(0.7, 1);
    expect(share(dealt, 'b')).toBeCloseTo(0.2, 1);
    expect(share(dealt, 'c')).toBeCloseTo(0.1, 1);
    expect(share(deal({ a: 1, b: 1, off: 0 }), 'off')).toBe(0);
  });

  it('moves as few callers as a change of weights needs', () => {
    const before = deal({ a: 50, b: 50 });
    expect(sameFor(before, deal({ a: 60, b: 40 }))).toBeGreaterThan(0.88);
    expect(sameFor(before, deal({ a: 500, b: 500 }))).toBe(1);
    const withThird = deal({ a: 45, b: 45, c: 10 });
    expect(withThird.every((key, index) => key === 'c' || key === before[index])).toBe(true);
  });

  it('is independent of other experiments, agents, tenants and salts', () => {
    const before = deal({ a: 1, b: 1 });
    for (const change of [{ name: 'other' }, { agentId: 'a2' }, { tenantId: 't2' }, { salt: 'another' }]) {
      expect(Math.abs(sameFor(before, deal({ a: 1, b: 1 }, change)) - 0.5)).toBeLessThan(0.05);
    }
  });

  it('is null without an experiment', () => {
    expect(new Set(deal({}))).toEqual(new Set([undefined]));
  });
});
