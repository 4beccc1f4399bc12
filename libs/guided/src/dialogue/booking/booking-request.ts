import { resolveDay } from '../calendar.ts';
import { withoutSlots, type BookingState } from './booking-state.ts';
import type { DialogueContext } from '../dialogue.ts';
import type { Meaning } from '../meaning.ts';
import type { DayWords } from '../calendar-words.ts';

/** Number of full days that are skipped for a caller who takes any day. */
const DAYS_TO_TRY = 5;

/**
 * Fills in service, day and time as far as they were said; null for none, or for a day that does not exist.
 */
export function fill(state: BookingState, meaning: Meaning, context: DialogueContext): BookingState | null {
  const { service, day } = meaning;
  const isTimed = meaning.part !== undefined || meaning.clock !== undefined;
  if (!service && !day && !isTimed) return null;
  const date = day ? resolveDay(day, context.today) : state.date;
  if (day && date === null) return null;
  const dated: BookingState = {
    ...withoutSlots(state),
    service: service ?? state.service,
    date,
    daysToTry: 0,
  };
  return isTimed || day?.kind === 'soonest' ? fillTime(dated, meaning) : dated;
}

/** Any day implies any time, unless one was said. */
function fillTime(state: BookingState, { day, part, clock }: Meaning): BookingState {
  const timed =
    part || clock
      ? { ...state, part: part ?? null, clock: clock ?? null }
      : { ...state, part: state.part ?? 'any' };
  return day?.kind === 'soonest' ? { ...timed, daysToTry: DAYS_TO_TRY } : timed;
}

/** When a day was asked for, "the third" is a day of the month. */
export function withDayOfMonth(meaning: Meaning): Meaning {
  if (meaning.day || meaning.ordinal === undefined) return meaning;
  const day: DayWords = { kind: 'date', month: null, day: meaning.ordinal };
  return { ...meaning, day };
}
