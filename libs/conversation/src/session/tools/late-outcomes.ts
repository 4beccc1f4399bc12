import type { ToolOutcome } from '@tandem/contracts';
import type { CallContext } from '../call-context.ts';
import { lateOutcome } from '../history/history-entries.ts';
import type { TurnTaking } from '../turns/turn-taking.ts';

/** Outcomes of tool calls that had timed out, told to the caller at the next pause. */
export class LateOutcomes {
  private readonly untold: string[] = [];

  constructor(
    private readonly context: CallContext,
    private readonly turns: Pick<TurnTaking, 'isQuiet'>,
  ) {}

  /** The model knows of the outcome at once: the caller may ask for it before the pause. */
  add(name: string, outcome: ToolOutcome): void {
    const text = lateOutcome(name, outcome);
    this.context.signal({ kind: 'note-due', text });
    this.untold.push(text);
    if (this.turns.isQuiet) this.tell();
  }

  /** Has the agent speak of the outcome that came first. Returns false when there is none. */
  tell(): boolean {
    const text = this.untold.shift();
    if (text === undefined) return false;
    this.context.signal({
      kind: 'speech-due',
      request: {
        kind: 'instruct',
        instruction:
          `${text} Unless the caller knows already, tell them the outcome now, in a sentence or two. Then ` +
          'go on where you were.',
      },
    });
    return true;
  }
}
