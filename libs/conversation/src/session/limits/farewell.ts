import type { TerminationReason } from '@tandem/contracts';
import type { CallEnding } from '../call-ending.ts';
import type { CannedPhrases } from '../speech/canned-phrases.ts';
import type { TurnTaking } from '../turns/turn-taking.ts';

/** The last words of a call that must end. */
export class Farewell {
  constructor(
    private readonly turns: TurnTaking,
    private readonly phrases: CannedPhrases,
    private readonly ending: CallEnding,
  ) {}

  /** Says the last words as soon as they may be said, then ends the call. The first farewell wins. */
  say(reason: TerminationReason, text: string): void {
    if (this.ending.isDecided) return;
    this.takeFloor();
    this.phrases.speakPhrase(text);
    this.ending.sayGoodbye(reason, { isFinal: true });
  }

  /**
   * Makes way for last words: cuts off what is being said, unless it is protected (a legal notice), and has
   * the last words heard to their end, with nothing after them.
   */
  takeFloor(): void {
    if (!this.turns.isProtected || this.ending.isSayingGoodbye) this.turns.interrupt();
    this.turns.isProtected = true;
    this.turns.close();
  }
}
