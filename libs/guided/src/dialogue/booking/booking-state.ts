import { DateTime } from 'luxon';
import { clockWords } from '../calendar.ts';
import type { DialogueContext, DialogueMove, ToolRole } from '../dialogue.ts';
import type { ClockTime, PartOfDay, Service } from '../meaning.ts';
import type { Slot } from '../tool-results.ts';

/** What the caller is being asked. `retry`: the calendar failed, shall we try again? */
export type StepName = 'service' | 'day' | 'time' | 'offer' | 'confirm' | 'retry' | 'more';

export interface BookingState {
  readonly step: StepName;
  /** Numbers of the tool calls whose result is still of use. */
  readonly pending: Readonly<Partial<Record<ToolRole, number>>>;
  readonly calls: number;
  readonly isGreeted: boolean;
  /** Whether the caller has been told that this is a demo and no AI, and has heard it. */
  readonly disclosure: 'due' | 'said' | 'heard';
  readonly hasLookedUp: boolean;
  readonly customerName: string | null;
  readonly service: Service | null;
  /** YYYY-MM-DD. */
  readonly date: string | null;
  /** Any day is welcome: an empty one is passed over, this many times more. */
  readonly daysToTry: number;
  readonly part: PartOfDay | null;
  readonly clock: ClockTime | null;
  /** Free times of the day asked for, without those that turned out taken; null before they are known. */
  readonly slots: readonly Slot[] | null;
  /** Where in `slots` the three on offer begin. */
  readonly offset: number;
  readonly chosen: Slot | null;
  readonly taken: readonly string[];
  /** Turns in a row that were not understood. */
  readonly failures: number;
  /** Noises in a row that cut us off. */
  readonly noises: number;
  /** Times in a row that the calendar could not be read. */
  readonly checkFailures: number;
  /** The question in the air, with what led to it; empty before the first. */
  readonly lastSaid: readonly DialogueMove[];
  /** Taken over from a conversation that broke off while a booking was under way. */
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

/** Everything about the appointment forgotten; a result of an old question no longer counts. */
export function withoutRequest(state: BookingState): BookingState {
  const { check: _check, book: _book, ...pending } = state.pending;
  return { ...state, ...FRESH_REQUEST, pending };
}

/** The wish has changed: times found for the old one are void. */
export function withoutSlots(state: BookingState): BookingState {
  const { check: _check, ...pending } = state.pending;
  return { ...state, slots: null, offset: 0, chosen: null, pending };
}

/** A tool's answer will say how it goes on. The end of the call is nothing to wait for. */
export function isWaiting({ pending }: BookingState): boolean {
  return (Object.keys(pending) as ToolRole[]).some((role) => role !== 'end');
}

/** Without what `role` was waiting for. */
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

/** How the times on offer may be named; "twelve" is also noon. */
export function offeredWords(state: BookingState, context: DialogueContext): string[] {
  const words = offered(state).map((slot) => clockWords(slotClock(slot, context)));
  return [...new Set(words.flatMap((word) => (word === 'noon' ? ['noon', 'twelve'] : [word])))];
}
