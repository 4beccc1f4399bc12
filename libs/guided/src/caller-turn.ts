import type { DialogueContext, DialogueInput, DialogueMove, RunningDialogue } from './dialogue/dialogue.ts';
import type { ToolResult } from './dialogue/tool-results.ts';

/** The part of our last words that the caller heard. */
export interface HeardSpeech {
  /** The part an answer depends on was heard. */
  readonly isEssentialHeard: boolean;
  /** All of our words were heard. */
  readonly isWhole: boolean;
}

/** The caller's turn: what has happened since our last reply, to be answered at once. */
export class CallerTurn {
  private texts: string[] = [];
  private digits = '';
  private sound: { isInterruption: boolean } | null = null;
  private results: { callNumber: number; result: ToolResult }[] = [];

  addWords(text: string): void {
    this.texts.push(text);
  }

  /** Adds a sound without words we know. */
  addSound(isInterruption: boolean): void {
    this.sound = { isInterruption: isInterruption && (this.sound?.isInterruption ?? true) };
  }

  addDigits(digits: string): void {
    this.digits += digits;
  }

  addToolResult(callNumber: number, result: ToolResult): void {
    this.results.push({ callNumber, result });
  }

  /** The caller has spoken, made a sound or pressed a key. */
  get hasCallerInput(): boolean {
    return this.texts.length > 0 || this.digits !== '' || this.sound !== null;
  }

  /**
   * Returns the moves of the dialogue for this turn. Tool results come first: the caller has not heard of
   * them yet, so words that came meanwhile cannot be an answer to them, and sounds without words need none.
   */
  nextMoves(talk: RunningDialogue, context: DialogueContext, last: HeardSpeech): readonly DialogueMove[] {
    if (!this.hasCallerInput && this.results.length === 0)
      return talk.step({ kind: 'prompted', isQuestionHeard: last.isWhole }, context);
    const moves = this.results
      .splice(0)
      .flatMap((result) => talk.step({ kind: 'tool-result', ...result }, context));
    const hasNews = moves.some((move) => move.kind === 'say');
    for (const input of this.takeInputs(last.isEssentialHeard && !hasNews, hasNews))
      moves.push(...talk.step(input, context));
    return moves;
  }

  /** Utterances of one turn are joined: "plumbing", a pause, "tomorrow". A sound beside words is ignored. */
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

/** Returns the keys in a note such as "The caller pressed on the keypad: 12#"; empty for none. */
export function digitsIn(note: string): string {
  return /\b(?:press|key|digit)\w*[^0-9*#]*([0-9*#]{1,64})/i.exec(note)?.[1] ?? '';
}
