import { resolveDay } from '../calendar.ts';
import {
  advance,
  ask,
  book,
  call,
  check,
  failed,
  goodbye,
  repeat,
  tell,
  type Step,
} from './booking-moves.ts';
import {
  offered,
  OFFERED_AT_ONCE,
  slotClock,
  withoutRequest,
  withoutSlots,
  type BookingState,
  type StepName,
} from './booking-state.ts';
import { examplesOf } from './booking-steps.ts';
import type { DialogueContext } from '../dialogue.ts';
import type { Command, DayWords, Meaning } from '../meaning.ts';
import type { Slot } from '../tool-results.ts';
import { CALLBACK, NO_PERSON, requestSummary, wishWords } from '../wording.ts';

/** Number of full days that are skipped for a caller who takes any day. */
const DAYS_TO_TRY = 5;

/** Returns the next step for what the caller meant. */
export function answer(
  state: BookingState,
  meaning: Meaning,
  isQuestionHeard: boolean,
  context: DialogueContext,
): Step {
  if (meaning.command !== undefined) return obey(state, meaning.command, context);
  if (state.pending.book !== undefined) return tell(state, 'One moment, please. I am still booking it.');
  const step = ANSWERS[state.step](state, meaning, context, isQuestionHeard);
  if (step) return { ...step, state: { ...step.state, failures: 0, noises: 0 } };
  return state.pending.check === undefined
    ? failed(state, context)
    : tell(state, 'One moment, please. I am still looking.');
}

/** Words for commands that cannot be obeyed while a booking is under way. */
const WHILE_BOOKING: Readonly<Partial<Record<Command, string>>> = {
  'start-over': 'I am already booking it, and cannot stop that here.',
  cancel: 'I am already booking it, and cannot stop that here.',
  person: 'One moment, please. I am still booking it, then I can put you through.',
};

function obey(state: BookingState, command: Command, context: DialogueContext): Step {
  const understood = { ...state, failures: 0, noises: 0 };
  const isBooking = state.pending.book !== undefined;
  const notNow = isBooking ? WHILE_BOOKING[command] : undefined;
  if (notNow !== undefined) return tell(understood, notNow);
  switch (command) {
    case 'repeat':
      return repeat(understood, context);
    case 'help':
      return ask(understood, context, examplesOf(state));
    case 'person':
      return putThrough(understood, context);
    case 'start-over':
      return ask(withoutRequest(understood), context, 'Let us start again.');
    case 'goodbye':
      return goodbye(
        understood,
        context,
        'caller-done',
        ...(isBooking ? ['I have no answer to the booking yet.', CALLBACK] : []),
      );
    case 'cancel':
      return ask(
        { ...withoutRequest(understood), step: 'more' },
        context,
        'All right, I will not book that.',
      );
  }
}

function putThrough(state: BookingState, context: DialogueContext): Step {
  if (!context.tools.has('transfer')) return ask(state, context, NO_PERSON);
  // The session that puts the caller through tells them so.
  return call(state, 'transfer', {
    department: 'support',
    reason: 'caller-asked',
    summary: requestSummary(state, context),
  });
}

type Answer = (
  state: BookingState,
  meaning: Meaning,
  context: DialogueContext,
  isQuestionHeard: boolean,
) => Step | null;

/**
 * The other half of the state table: the effect of an answer at each step; null when it does not fit.
 */
const ANSWERS: Readonly<Record<StepName, Answer>> = {
  service(state, meaning, context) {
    const filled = fill(state, meaning, context);
    if (filled) return advance(filled, context);
    return meaning.wantsAppointment || meaning.answer === 'yes' ? ask(state, context) : null;
  },
  day(state, meaning, context) {
    const filled = fill(state, withDayOfMonth(meaning), context);
    return filled && advance(filled, context);
  },
  time(state, meaning, context) {
    const filled = fill(state, meaning, context);
    if (filled) return advance(filled, context);
    return meaning.change === 'day' ? otherDay(state, context) : null;
  },
  offer: answerOffer,
  confirm: answerConfirm,
  retry(state, meaning, context) {
    const filled = fill(state, meaning, context);
    if (filled) return advance(filled, context);
    if (meaning.answer === 'yes') return check(state, context);
    return meaning.answer === 'no'
      ? ask({ ...withoutRequest(state), step: 'more' }, context, 'All right.')
      : null;
  },
  more(state, meaning, context) {
    const fresh = withoutRequest(state);
    const filled = fill(fresh, meaning, context);
    if (filled) return advance(filled, context);
    if (meaning.wantsAppointment || (meaning.answer === 'yes' && !meaning.isDone))
      return advance(fresh, context);
    return meaning.isDone || meaning.answer === 'no' ? goodbye(fresh, context, 'caller-done') : null;
  },
};

function answerOffer(state: BookingState, meaning: Meaning, context: DialogueContext): Step | null {
  const slot = chosenSlot(state, meaning, context);
  if (slot) return advance({ ...state, chosen: slot }, context);
  const filled = fill(state, meaning, context);
  if (filled) return advance(filled, context);
  if (meaning.change === 'day') return otherDay(state, context);
  if (meaning.change === 'earlier') return earlierTimes(state, context);
  if (meaning.change !== undefined || meaning.answer === 'no')
    return laterTimes(state, context, meaning.change === 'later');
  return meaning.answer === 'yes' ? ask(state, context, 'Which of them?') : null;
}

function answerConfirm(
  state: BookingState,
  meaning: Meaning,
  context: DialogueContext,
  isQuestionHeard: boolean,
): Step | null {
  const slot = meaning.clock ? chosenSlot(state, meaning, context) : null;
  if (slot) return advance({ ...state, chosen: slot }, context);
  const filled = fill(state, meaning, context);
  if (filled) return advance(filled, context, 'All right.');
  if (meaning.change === 'day') return otherDay(state, context);
  if (meaning.change !== undefined) return otherTime(state, context);
  if (meaning.answer === 'no')
    return tell(state, 'All right, I have booked nothing. What should be different?', examplesOf(state));
  if (meaning.answer !== 'yes') return null;
  return isQuestionHeard ? book(state) : repeat(state, context, 'To be sure, once more.');
}

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
function withDayOfMonth(meaning: Meaning): Meaning {
  if (meaning.day || meaning.ordinal === undefined) return meaning;
  const day: DayWords = { kind: 'date', month: null, day: meaning.ordinal };
  return { ...meaning, day };
}

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

function otherDay(state: BookingState, context: DialogueContext): Step {
  return advance({ ...withoutSlots(state), date: null, daysToTry: 0 }, context);
}

function otherTime(state: BookingState, context: DialogueContext): Step {
  const isOnlyOne = (state.slots ?? []).length < 2;
  return isOnlyOne ? otherDay(state, context) : advance({ ...state, chosen: null, offset: 0 }, context);
}

function laterTimes(state: BookingState, context: DialogueContext, wantsLater: boolean): Step {
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

function earlierTimes(state: BookingState, context: DialogueContext): Step {
  if (state.offset > 0)
    return advance({ ...state, offset: Math.max(0, state.offset - OFFERED_AT_ONCE) }, context);
  if (state.part === 'afternoon') return advance({ ...withoutSlots(state), part: 'morning' }, context);
  return ask(state, context, 'I have nothing earlier.');
}
