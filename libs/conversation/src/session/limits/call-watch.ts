import type { TerminationReason } from '@tandem/contracts';
import type { CallLog } from '../../ports/call-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AgentState } from '../agent/agent-state.ts';
import type { CallEnding } from '../call-ending.ts';
import { AnswerLimit } from './answer-limit.ts';
import { offsetMs, type CallInfo } from '../call-info.ts';
import { CallBudget, type BudgetCarryover } from './call-budget.ts';
import { CallLimits } from './call-limits.ts';
import { IdleWatch } from './idle-watch.ts';
import type { CannedPhrases } from '../speech/canned-phrases.ts';
import type { TurnTaking } from '../turns/turn-taking.ts';

export interface CallWatchParts {
  readonly call: CallInfo;
  readonly log: CallLog;
  readonly clock: Clock;
  readonly agent: AgentState;
  readonly turns: TurnTaking;
  readonly phrases: CannedPhrases;
  readonly ending: CallEnding;
  readonly budgetLeft: BudgetCarryover;
  readonly note: (text: string) => void;
}

/**
 * Ends what would go on for ever: silence is asked into and then ended; time, money and answers that lead
 * nowhere run out with a warning and a goodbye.
 */
export class CallWatch {
  readonly idle: IdleWatch;
  readonly budget: CallBudget;
  readonly answers: AnswerLimit;
  private readonly limits: CallLimits;

  constructor(private readonly parts: CallWatchParts) {
    const { call, log, clock, agent, phrases, turns } = parts;
    this.idle = new IdleWatch(call.agent.idle, clock, {
      isFloorFree: () => turns.isQuiet,
      prompt: (count) => {
        log.append({ type: 'idle.prompted', data: { count, atMs: offsetMs(call, clock) } });
        phrases.speakPhrase(agent.texts.idlePrompt);
      },
      giveUp: () => this.sayFarewell('caller-silent', agent.texts.idleGoodbye),
    });
    this.limits = new CallLimits(call, clock, {
      warn: (leftMs) => this.requestEnd(`The call must end in ${Math.round(leftMs / 1000)} seconds.`),
      reached: () => this.sayFarewell('max-duration', agent.texts.timeGoodbye),
    });
    this.answers = new AnswerLimit(call.agent.limits.maxAnswersWithoutTool, {
      warn: (answers) => this.requestEnd(`There were ${answers} answers without anything being done.`),
      reached: () => this.sayFarewell('no-progress', agent.texts.timeGoodbye),
    });
    this.budget = new CallBudget(
      call,
      log,
      clock,
      {
        warn: () => this.requestEnd('The call has used up most of what it may cost.'),
        reached: () => this.sayFarewell('budget-reached', agent.texts.timeGoodbye),
      },
      parts.budgetLeft,
    );
  }

  /** The model is to find an end by itself, for this reason. */
  requestEnd(reason: string): void {
    this.parts.note(`${reason} Bring the call to an end now, without hurry.`);
  }

  /** Says the last words as soon as they may be said, and ends the call. */
  sayFarewell(reason: TerminationReason, text: string): void {
    const { ending, phrases } = this.parts;
    if (ending.isDecided) return;
    this.takeFloorForFarewell();
    phrases.speakPhrase(text);
    ending.sayGoodbye(reason, { isFinal: true });
  }

  /**
   * For last words: cuts off what is being said, but no legal notice, and has them heard to their end, and
   * nothing after them.
   */
  takeFloorForFarewell(): void {
    const { ending, turns } = this.parts;
    if (!turns.isProtected || ending.isSayingGoodbye) turns.interrupt();
    turns.isProtected = true;
    turns.close();
  }

  stop(): void {
    this.idle.stop();
    this.limits.stop();
  }
}
