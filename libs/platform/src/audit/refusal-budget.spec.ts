import { describe, expect, it } from '@jest/globals';
import { RefusalBudget, REFUSALS_PER_MINUTE } from './refusal-budget.ts';

describe('the budget of refusals', () => {
  const takeAll = (budget: RefusalBudget, nowMs: number, tenant = 'a') =>
    Array.from({ length: 3 * REFUSALS_PER_MINUTE }, () => budget.take(tenant, nowMs)).filter(Boolean).length;

  it('is a tenant’s own, and full again after a minute', () => {
    const budget = new RefusalBudget();
    expect(takeAll(budget, 0)).toBe(REFUSALS_PER_MINUTE);
    expect(takeAll(budget, 0, 'b')).toBe(REFUSALS_PER_MINUTE);
    expect(takeAll(budget, 30_000)).toBe(REFUSALS_PER_MINUTE / 2);
    expect(takeAll(budget, 600_000)).toBe(REFUSALS_PER_MINUTE);
  });

  it('remembers a bounded number of tenants', () => {
    const budget = new RefusalBudget();
    expect(takeAll(budget, 0)).toBe(REFUSALS_PER_MINUTE);
    for (let at = 0; at < 1_000; at += 1) budget.take(`tenant ${at}`, 0);
    expect(takeAll(budget, 0)).toBe(REFUSALS_PER_MINUTE);
  });
});
