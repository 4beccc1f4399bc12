import { DateTime } from 'luxon';
import { clockWords } from '../calendar.ts';
import type { DialogueContext, DialogueMove, ToolRole } from '../dialogue.ts';
import type { PartOfDay, Service } from '../meaning.ts';
import type { ClockTime } from '../calendar-words.ts';
import type { Slot } from '../tool-results.ts';

/**
 * The question to the caller. `waiting`: nothing is free, shall they wait for a time? `retry`: the calendar
 * failed, shall we try again?
 */
export type StepName = 'service' | 'day' | 'time' | 'offer' | 'confirm' | 'waiting' | 'retry' | 'more';

export interface BookingState {
  readonly step: StepName;
  /** Numbers of the tool calls whose result is still needed. */
  readonly pending: Readonly<Partial<Record<ToolRole, number>>>;
  readonly calls: number;
  readonly isGreeted: boolean;
  /** The caller has heard that this is a demo and no AI. */
  readonly disclosure: 'due' | 'said' | 'heard';
  readonly hasLookedUp: boolean;
  readonly customerName: string | null;
  readonly service: Service | null;
  /** YYYY-MM-DD. */
  readonly date: string | null;
  /** The caller takes any day: this many more full days are skipped. */
  readonly daysToTry: number;
  readonly part: PartOfDay | null;
  readonly clock: ClockTime | null;
  /** Free times of the wanted day, without those found taken; null before they are known. */
  readonly slots: readonly Slot[] | null;
  /** Index in `slots` of the first time on offer. */
  readonly offset: number;
  readonly chosen: Slot | null;
  /** The start of the time that is held for the caller; null for none. */
  readonly held: string | null;
  readonly taken: readonly string[];
  /** Number of turns in a row that were not understood. */
  readonly failures: number;
  /** Number of noises in a row that interrupted us. */
  readonly noises: number;
  /** Number of failed calendar look-ups in a row. */
  readonly checkFailures: number;
  /** The open question with the words before it; empty before the first. */
  readonly lastSaid: readonly DialogueMove[];
  /** The conversation was resumed while a booking was under way. */
  readonly isBookingInDoubt: boolean;
}

export const OFFERED_AT_ONCE = 3;

const FRESH_REQUEST = {
  step: 'service',
  service: null,
  date: null,
  daysToTry: 0,
  part: null,
  clock: null,
  slots: null,
  offset: 0,
  chosen: null,
  held: null,
  taken: [],
  checkFailures: 0,
} as const;

export const INITIAL: BookingState = {
  ...FRESH_REQUEST,
  pending: {},
  calls: 0,
  isGreeted: false,
  disclosure: 'due',
  hasLookedUp: false,
  customerName: null,
  failures: 0,
  noises: 0,
  lastSaid: [],
  isBookingInDoubt: false,
};

/** Forgets the appointment; results for it no longer count. */
export function withoutRequest(state: BookingState): BookingState {
  const { check: _check, hold: _hold, book: _book, wait: _wait, ...pending } = state.pending;
  return { ...state, ...FRESH_REQUEST, pending };
}

/** Forgets the times found: the wanted day or time has changed. */
export function withoutSlots(state: BookingState): BookingState {
  const { check: _check, ...pending } = state.pending;
  return { ...state, slots: null, offset: 0, chosen: null, pending };
}

/** A tool result decides how the dialogue goes on; the tool that ends the call is no reason to wait. */
export function isWaiting({ pending }: BookingState): boolean {
  return (Object.keys(pending) as ToolRole[]).some((role) => role !== 'end');
}

/** Forgets the pending call of a role. */
export function answered(state: BookingState, role: ToolRole): BookingState {
  const { [role]: _answered, ...pending } = state.pending;
  return { ...state, pending };
}

export function slotTime(slot: Slot, context: DialogueContext): DateTime {
  return DateTime.fromISO(slot.start, { zone: context.now.zone });
}

export function slotClock(slot: Slot, context: DialogueContext): ClockTime {
  const { hour, minute } = slotTime(slot, context);
  return { hour, minute };
}

export function offered(state: BookingState): readonly Slot[] {
  return (state.slots ?? []).slice(state.offset, state.offset + OFFERED_AT_ONCE);
}

/** Returns the names of the times on offer; "twelve" is also noon. */
export function offeredWords(state: BookingState, context: DialogueContext): string[] {
  const words = offered(state).map((slot) => clockWords(slotClock(slot, context)));
  return [...new Set(words.flatMap((word) => (word === 'noon' ? ['noon', 'twelve'] : [word])))];
}
