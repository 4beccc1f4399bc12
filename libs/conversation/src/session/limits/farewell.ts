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
   * Clears the floor for the last words: interrupts the agent unless its speech is protected (a legal
   * notice), protects the last words, and allows no reply after them.
   */
  takeFloor(): void {
    if (!this.turns.isProtected || this.ending.isSayingGoodbye) this.turns.interrupt();
    this.turns.isProtected = true;
    this.turns.close();
  }
}
