import { advance, ask, type Step } from './booking-moves.ts';
import { offered, OFFERED_AT_ONCE, slotClock, withoutSlots, type BookingState } from './booking-state.ts';
import type { DialogueContext } from '../dialogue.ts';
import type { Meaning } from '../meaning.ts';
import type { Slot } from '../tool-results.ts';
import { wishWords } from '../wording.ts';

/** Returns the free time chosen by the clock, by its place, or by a yes when there is only one. */
export function chosenSlot(state: BookingState, meaning: Meaning, context: DialogueContext): Slot | null {
  const { clock, ordinal } = meaning;
  if (isOtherRequest(meaning)) return null;
  if (clock) return (state.slots ?? []).find((slot) => isAt(slot, clock, context)) ?? null;
  const offers = offered(state);
  if (ordinal !== undefined) return offers.at(ordinal < 0 ? ordinal : ordinal - 1) ?? null;
  return meaning.answer === 'yes' && offers.length === 1 ? (offers[0] ?? null) : null;
}

function isOtherRequest({ day, service, part }: Meaning): boolean {
  return day !== undefined || service !== undefined || part !== undefined;
}

function isAt(slot: Slot, clock: { hour: number; minute: number }, context: DialogueContext): boolean {
  const at = slotClock(slot, context);
  return at.hour === clock.hour && at.minute === clock.minute;
}

/** Asks for another day. */
export function otherDay(state: BookingState, context: DialogueContext): Step {
  return advance({ ...withoutSlots(state), date: null, daysToTry: 0 }, context);
}

/** Offers the free times again; asks for another day when there was only one. */
export function otherTime(state: BookingState, context: DialogueContext): Step {
  const isOnlyOne = (state.slots ?? []).length < 2;
  return isOnlyOne ? otherDay(state, context) : advance({ ...state, chosen: null, offset: 0 }, context);
}

/** Offers the later free times, then those of the afternoon, then another day. */
export function laterTimes(state: BookingState, context: DialogueContext, wantsLater: boolean): Step {
  const offset = state.offset + OFFERED_AT_ONCE;
  if (offset < (state.slots ?? []).length) return advance({ ...state, offset }, context);
  if (wantsLater && state.part === 'morning')
    return advance({ ...withoutSlots(state), part: 'afternoon' }, context);
  return advance(
    { ...withoutSlots(state), date: null },
    context,
    `For ${wishWords({ ...state, date: state.date ?? '' }, context)} that is all I have.`,
  );
}

/** Offers the earlier free times, then those of the morning. */
export function earlierTimes(state: BookingState, context: DialogueContext): Step {
  if (state.offset > 0)
    return advance({ ...state, offset: Math.max(0, state.offset - OFFERED_AT_ONCE) }, context);
  if (state.part === 'afternoon') return advance({ ...withoutSlots(state), part: 'morning' }, context);
  return ask(state, context, 'I have nothing earlier.');
}
