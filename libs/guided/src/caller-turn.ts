import type { DialogueContext, DialogueInput, DialogueMove, Talk } from './dialogue/dialogue.ts';
import type { ToolResult } from './dialogue/tool-results.ts';

/** How our last words came across. */
export interface Heard {
  /** What an answer depends on was heard. */
  readonly isEssentialHeard: boolean;
  /** All of it was heard. */
  readonly isWhole: boolean;
}

/** What has happened since our last reply, put together to one answer. */
export class CallerTurn {
  private texts: string[] = [];
  private digits = '';
  private sound: { isInterruption: boolean } | null = null;
  private results: { callNumber: number; result: ToolResult }[] = [];

  heard(text: string): void {
    this.texts.push(text);
  }

  /** A sound without words we know. */
  soundHeard(isInterruption: boolean): void {
    this.sound = { isInterruption: isInterruption && (this.sound?.isInterruption ?? true) };
  }

  pressed(digits: string): void {
    this.digits += digits;
  }

  toolAnswered(callNumber: number, result: ToolResult): void {
    this.results.push({ callNumber, result });
  }

  /** The caller has done something, be it a cough. */
  get isCallers(): boolean {
    return this.texts.length > 0 || this.digits !== '' || this.sound !== null;
  }

  /**
   * What the dialogue does with it. Results of tools come first: what they bring has not been said yet, so
   * words that came in meanwhile cannot be an answer to it, and sounds without words need none.
   */
  answer(talk: Talk, context: DialogueContext, last: Heard): readonly DialogueMove[] {
    if (!this.isCallers && this.results.length === 0)
      return talk.take({ kind: 'prompted', isQuestionHeard: last.isWhole }, context);
    const moves = this.results
      .splice(0)
      .flatMap((result) => talk.take({ kind: 'tool-result', ...result }, context));
    const hasNews = moves.some((move) => move.kind === 'say');
    for (const input of this.takeInputs(last.isEssentialHeard && !hasNews, hasNews))
      moves.push(...talk.take(input, context));
    return moves;
  }

  /** Utterances in one turn are one: "plumbing", a pause, "tomorrow". A cough beside them is nothing. */
  private takeInputs(isQuestionHeard: boolean, hasNews: boolean): DialogueInput[] {
    const { texts, digits, sound } = this;
    [this.texts, this.digits, this.sound] = [[], '', null];
    const inputs: DialogueInput[] = [];
    if (texts.length > 0) inputs.push({ kind: 'heard', text: texts.join(' '), isQuestionHeard });
    if (digits !== '') inputs.push({ kind: 'keys', digits, isQuestionHeard });
    if (inputs.length === 0 && sound && !hasNews) inputs.push({ kind: 'unheard', ...sound, isQuestionHeard });
    return inputs;
  }
}

/** Keys in a note of the session: "The caller pressed on the keypad: 12#". Empty when it speaks of none. */
export function digitsIn(note: string): string {
  return /\b(?:press|key|digit)\w*[^0-9*#]*([0-9*#]{1,64})/i.exec(note)?.[1] ?? '';
}
