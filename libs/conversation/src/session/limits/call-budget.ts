import { costOf, MICROS_PER_USD, toMicros, type CallEventBody } from '@tandem/contracts';
import type { CallContext } from '../call-context.ts';
import type { CallSignal } from '../call-signals.ts';

/** The budget as earlier sessions of the call left it. */
export interface BudgetCarryover {
  readonly spentMicros: number;
  /** Shares of the budget already on record as reached. */
  readonly passedShares: readonly number[];
}

export const WHOLE_BUDGET: BudgetCarryover = { spentMicros: 0, passedShares: [] };

interface Threshold {
  readonly share: number;
  readonly atMicros: number;
  readonly signal: CallSignal;
}

const NEAR: CallSignal = { kind: 'limit-near', why: 'The call has used up most of what it may cost.' };
const REACHED: CallSignal = { kind: 'limit-reached', reason: 'budget-reached' };

/**
 * Adds up the cost of one call and compares it with the agent's budget. Each threshold is logged and
 * signalled once: the warning share, then the whole, which is signalled in every session of the call. Usage
 * without a price is counted and adds nothing.
 */
export class CallBudget {
  unpricedReports = 0;
  private micros: number;
  private readonly ahead: Threshold[] = [];

  constructor(
    private readonly context: CallContext,
    { spentMicros, passedShares }: BudgetCarryover,
  ) {
    this.micros = spentMicros;
    const { budgetUsd, budgetWarnShare } = context.call.agent.limits;
    if (budgetUsd === null) return;
    const threshold = (share: number, signal: CallSignal): Threshold => ({
      share,
      atMicros: Math.ceil(toMicros(budgetUsd) * share),
      signal,
    });
    if (!passedShares.includes(budgetWarnShare)) this.ahead.push(threshold(budgetWarnShare, NEAR));
    this.ahead.push(threshold(1, REACHED));
  }

  get costUsd(): number {
    return this.micros / MICROS_PER_USD;
  }

  used(reported: CallEventBody<'usage.reported'>): void {
    const { clock, log, atMs, signal } = this.context;
    const cost = costOf({ ...reported, at: clock.wallTime() });
    if (!cost) {
      this.unpricedReports += 1;
      return;
    }
    this.micros += cost.micros;
    for (let next = this.ahead[0]; next && this.micros >= next.atMicros; next = this.ahead[0]) {
      this.ahead.shift();
      log.append({
        type: 'budget.reached',
        data: { scope: 'call', share: next.share, costUsd: this.costUsd, atMs: atMs() },
      });
      signal(next.signal);
    }
  }
}
