import { costOf, MICROS_PER_USD, toMicros, type CallEventBody } from '@tandem/contracts';
import type { CallLog } from '../../ports/call-log.ts';
import type { Clock } from '../../ports/clock.ts';
import { offsetMs, type CallInfo } from '../call-info.ts';

export interface CallBudgetEvents {
  /** The share of the budget that is to be warned of is used up. Once. */
  warn(costUsd: number): void;
  /** All of it is: the call is to come to an end. Once, after `warn`. */
  reached(costUsd: number): void;
}

/** What the relays that held the call before have left of its budget. */
export interface BudgetCarryover {
  readonly spentMicros: number;
  /** Shares of the budget that were told of; the whole is told of until the call has ended. */
  readonly passedShares: readonly number[];
}

export const WHOLE_BUDGET: BudgetCarryover = { spentMicros: 0, passedShares: [] };

/**
 * What one call may cost, against what it has used so far. Is told of each reported usage; writes down when a
 * mark is passed, and says so. Usage that has no price is counted and adds nothing.
 */
export class CallBudget {
  unpricedReports = 0;
  private micros: number;
  private readonly marks: {
    readonly share: number;
    readonly atMicros: number;
    readonly tell: (costUsd: number) => void;
  }[] = [];

  constructor(
    private readonly call: CallInfo,
    private readonly log: CallLog,
    private readonly clock: Clock,
    events: CallBudgetEvents,
    { spentMicros, passedShares }: BudgetCarryover,
  ) {
    this.micros = spentMicros;
    const { budgetUsd, budgetWarnShare } = call.agent.limits;
    if (budgetUsd === null) return;
    const atMicros = (share: number): number => Math.ceil(toMicros(budgetUsd) * share);
    if (!passedShares.includes(budgetWarnShare))
      this.marks.push({
        share: budgetWarnShare,
        atMicros: atMicros(budgetWarnShare),
        tell: (usd) => events.warn(usd),
      });
    this.marks.push({ share: 1, atMicros: atMicros(1), tell: (usd) => events.reached(usd) });
  }

  get costUsd(): number {
    return this.micros / MICROS_PER_USD;
  }

  used(reported: CallEventBody<'usage.reported'>): void {
    const cost = costOf({ ...reported, at: this.clock.wallTime() });
    if (!cost) {
      this.unpricedReports += 1;
      return;
    }
    this.micros += cost.micros;
    for (let mark = this.marks[0]; mark && this.micros >= mark.atMicros; mark = this.marks[0]) {
      this.marks.shift();
      this.log.append({
        type: 'budget.reached',
        data: {
          scope: 'call',
          share: mark.share,
          costUsd: this.costUsd,
          atMs: offsetMs(this.call, this.clock),
        },
      });
      mark.tell(this.costUsd);
    }
  }
}
