import type { HistoryItem } from '@tandem/conversation';
import type { DateTime } from 'luxon';
import type { Phrase } from './phrase.ts';
import type { ToolResult } from './tool-results.ts';

/** What a dialogue is told. */
export type DialogueInput =
  /**
   * Words of the caller. `isQuestionHeard` is false when the essential part of our last words was cut off.
   */
  | { readonly kind: 'heard'; readonly text: string; readonly isQuestionHeard: boolean }
  /** A sound of the caller without words we know. It may have cut us off, and then counts for less. */
  | { readonly kind: 'unheard'; readonly isInterruption: boolean; readonly isQuestionHeard: boolean }
  /** Keys, as pressed one after another. */
  | { readonly kind: 'keys'; readonly digits: string; readonly isQuestionHeard: boolean }
  | { readonly kind: 'tool-result'; readonly callNumber: number; readonly result: ToolResult }
  /** Asked to speak although nothing is new. */
  | { readonly kind: 'prompted'; readonly isQuestionHeard: boolean }
  | { readonly kind: 'instructed'; readonly instruction: string }
  /** Words were put into our mouth. */
  | { readonly kind: 'said' };

export type DialogueMove =
  /** `isEssential`: a consent means nothing unless this was heard. */
  | { readonly kind: 'say'; readonly text: string; readonly isEssential?: true }
  | {
      readonly kind: 'call';
      readonly callNumber: number;
      readonly tool: ToolRole;
      readonly arguments: Readonly<Record<string, string>>;
    };

/** What a tool is to the dialogue; its name is the session's business. */
export type ToolRole = 'look-up' | 'check' | 'book' | 'end' | 'transfer';

export interface DialogueContext {
  /** As the caller hears it; empty when not known. */
  readonly companyName: string;
  /** Start of the day where the business is. */
  readonly today: DateTime;
  /** This moment, there. */
  readonly now: DateTime;
  readonly tools: ReadonlySet<ToolRole>;
}

export interface DialogueStep<State> {
  readonly state: State;
  readonly moves: readonly DialogueMove[];
}

/** How a conversation goes, as rules without memory or I/O: the same state and input give the same step. */
export interface Dialogue<State> {
  begin(): State;
  /** The state an earlier conversation was in, as far as its history tells. */
  resume(history: readonly HistoryItem[], context: DialogueContext): State;
  step(state: State, input: DialogueInput, context: DialogueContext): DialogueStep<State>;
  /** What may be said now; null when no words are understood at all. */
  listensFor(state: State, context: DialogueContext): Phrase | null;
}

export function say(text: string): DialogueMove {
  return { kind: 'say', text };
}

export function sayEssential(text: string): DialogueMove {
  return { kind: 'say', text, isEssential: true };
}

/** A dialogue on its way, so that who conducts it need not know its state. */
export interface Talk {
  take(input: DialogueInput, context: DialogueContext): readonly DialogueMove[];
  listensFor(context: DialogueContext): Phrase | null;
}

export function startTalk<State>(
  dialogue: Dialogue<State>,
  history: readonly HistoryItem[],
  context: DialogueContext,
): Talk {
  let state = history.length === 0 ? dialogue.begin() : dialogue.resume(history, context);
  return {
    take(input, now) {
      const step = dialogue.step(state, input, now);
      state = step.state;
      return step.moves;
    },
    listensFor: (now) => dialogue.listensFor(state, now),
  };
}
