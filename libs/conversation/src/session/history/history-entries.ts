import {
  describeOutcome,
  type CallEventBody,
  type CallEventType,
  type NewCallEvent,
  type ToolOutcome,
} from '@tandem/contracts';
import type { HistoryItem } from '../../ports/voice-model.ts';

/** An entry of the history, at its time in the call. */
export interface HistoryEntry {
  readonly atMs: number;
  readonly item: HistoryItem;
  /** The id of the caller's utterance. */
  readonly itemId?: string;
}

/** Begins the note of pressed keys. */
export const KEYS_PRESSED = 'The caller pressed on the keypad: ';
/** Returns the note of an outcome that came after the model was told that the tool timed out. */
export const lateOutcome = (name: string, outcome: ToolOutcome): string =>
  `${name}, which had not answered in time, has ended after all: ${describeOutcome(outcome)}`;
const UNWRITTEN = 'The caller said something here that was not written down.';

/** Entries of the history, by the event that makes them. */
const ENTRIES: {
  readonly [Type in CallEventType]?: (data: CallEventBody<Type>) => HistoryEntry | null;
} = {
  'caller.spoke': ({ startedAtMs, itemId, text }) => ({
    atMs: startedAtMs,
    itemId,
    item: text === '' ? { kind: 'note', text: UNWRITTEN } : { kind: 'caller', text },
  }),
  'agent.spoke': ({ startedAtMs, text, interrupted }) =>
    text === ''
      ? null
      : { atMs: startedAtMs, item: { kind: 'agent', text: interrupted ? `${text} —` : text } },
  'tool.called': ({ atMs, providerCallId, name, arguments: input }) => ({
    atMs,
    item: {
      kind: 'tool-call',
      providerCallId,
      name,
      argumentsJson: typeof input === 'string' ? '{}' : JSON.stringify(input),
    },
  }),
  'tool.finished': ({ atMs, providerCallId, outcome }) => ({
    atMs,
    item: { kind: 'tool-result', providerCallId, output: describeOutcome(outcome) },
  }),
  'tool.finished-late': ({ atMs, name, outcome }) => ({
    atMs,
    item: { kind: 'note', text: lateOutcome(name, outcome) },
  }),
  'digit.pressed': ({ atMs, digit }) => ({ atMs, item: { kind: 'note', text: KEYS_PRESSED + digit } }),
  'transfer.ended': ({ atMs, department, outcome }) =>
    outcome === 'bridged'
      ? null
      : { atMs, item: { kind: 'note', text: transferReturned(department, outcome) } },
};

const transferReturned = (department: string, outcome: string): string =>
  `Putting the caller through to ${department} ended with: ${outcome}. ` +
  'The caller is back with you: go on where you were, without repeating what they have heard.';

/** Returns the entry an event makes; null for none. */
export function historyEntry({ type, data }: NewCallEvent): HistoryEntry | null {
  const place = ENTRIES[type] as ((data: NewCallEvent['data']) => HistoryEntry | null) | undefined;
  return place?.(data) ?? null;
}
