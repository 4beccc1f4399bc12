import type { HistoryItem } from '@tandem/conversation';
import type { DateTime } from 'luxon';
import type { Phrase } from './phrase.ts';
import type { ToolResult } from './tool-results.ts';

/** The input of a dialogue. */
export type DialogueInput =
  /**
   * Words of the caller. `isQuestionHeard` is false when the essential part of our last words was cut off.
   */
  | { readonly kind: 'heard'; readonly text: string; readonly isQuestionHeard: boolean }
  /**
   * A sound of the caller without words we know. `isInterruption`: it interrupted us, and is then more likely
   * noise.
   */
  | { readonly kind: 'unheard'; readonly isInterruption: boolean; readonly isQuestionHeard: boolean }
  /** Keys, in the order pressed. */
  | { readonly kind: 'keys'; readonly digits: string; readonly isQuestionHeard: boolean }
  | { readonly kind: 'tool-result'; readonly callNumber: number; readonly result: ToolResult }
  /** A reply was requested although nothing is new. */
  | { readonly kind: 'prompted'; readonly isQuestionHeard: boolean }
  | { readonly kind: 'instructed'; readonly instruction: string }
  /** The session above has us say given words. */
  | { readonly kind: 'said' };

export type DialogueMove =
  /** `isEssential`: a consent counts only when this was heard. */
  | { readonly kind: 'say'; readonly text: string; readonly isEssential?: true }
  | {
      readonly kind: 'call';
      readonly callNumber: number;
      readonly tool: ToolRole;
      readonly arguments: Readonly<Record<string, string>>;
    };

/**
 * The role of a tool in the dialogue; the session knows its name. `hold`: keeps a time until the caller has
 * agreed, where the agent's policy has them asked. `wait`: puts them on the waiting list.
 */
export type ToolRole = 'look-up' | 'check' | 'hold' | 'book' | 'wait' | 'end' | 'transfer';

export interface DialogueContext {
  /** As the caller hears it; empty when not known. */
  readonly companyName: string;
  /** Start of the current day of the business. */
  readonly today: DateTime;
  /** The current time of the business. */
  readonly now: DateTime;
  readonly tools: ReadonlySet<ToolRole>;
}

export interface DialogueStep<State> {
  readonly state: State;
  readonly moves: readonly DialogueMove[];
}

/** The rules of a conversation, without memory or I/O: the same state and input give the same step. */
export interface Dialogue<State> {
  begin(): State;
  /** Returns the state of an earlier conversation, as far as its history shows. */
  resume(history: readonly HistoryItem[], context: DialogueContext): State;
  step(state: State, input: DialogueInput, context: DialogueContext): DialogueStep<State>;
  /** Returns the phrases that may be said now; null when no words are understood. */
  listensFor(state: State, context: DialogueContext): Phrase | null;
}

export function say(text: string): DialogueMove {
  return { kind: 'say', text };
}

export function sayEssential(text: string): DialogueMove {
  return { kind: 'say', text, isEssential: true };
}

/** A dialogue with its state. */
export interface RunningDialogue {
  step(input: DialogueInput, context: DialogueContext): readonly DialogueMove[];
  listensFor(context: DialogueContext): Phrase | null;
}

export function startDialogue<State>(
  dialogue: Dialogue<State>,
  history: readonly HistoryItem[],
  context: DialogueContext,
): RunningDialogue {
  let state = history.length === 0 ? dialogue.begin() : dialogue.resume(history, context);
  return {
    step(input, now) {
      const step = dialogue.step(state, input, now);
      state = step.state;
      return step.moves;
    },
    listensFor: (now) => dialogue.listensFor(state, now),
  };
}
