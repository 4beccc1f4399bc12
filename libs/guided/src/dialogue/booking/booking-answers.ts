import {
  advance,
  ask,
  book,
  check,
  failed,
  goodbye,
  repeat,
  tell,
  wait,
  type Step,
} from './booking-moves.ts';
import { withoutRequest, withoutSlots, type BookingState, type StepName } from './booking-state.ts';
import { examplesOf } from './booking-steps.ts';
import type { DialogueContext } from '../dialogue.ts';
import type { Meaning } from '../meaning.ts';
import { obey } from './booking-commands.ts';
import { fill, withDayOfMonth } from './booking-request.ts';
import { chosenSlot, otherDay, otherTime, laterTimes, earlierTimes } from './booking-slots.ts';

/** Returns the next step for what the caller meant. */
export function answer(
  state: BookingState,
  meaning: Meaning,
  isQuestionHeard: boolean,
  context: DialogueContext,
): Step {
  if (meaning.command !== undefined) return obey(state, meaning.command, context);
  if (state.pending.book !== undefined) return tell(state, 'One moment, please. I am still booking it.');
  if (state.pending.hold !== undefined || state.pending.wait !== undefined)
    return tell(state, 'One moment, please.');
  const step = ANSWERS[state.step](state, meaning, context, isQuestionHeard);
  if (step) return { ...step, state: { ...step.state, failures: 0, noises: 0 } };
  return state.pending.check === undefined
    ? failed(state, context)
    : tell(state, 'One moment, please. I am still looking.');
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
  waiting(state, meaning, context, isQuestionHeard) {
    const filled = fill(state, meaning, context);
    if (filled) return advance(filled, context, 'All right.');
    if (meaning.answer === 'no' || meaning.change !== undefined)
      return advance({ ...withoutSlots(state), date: null }, context, 'All right.');
    if (meaning.answer !== 'yes') return null;
    return isQuestionHeard ? wait(state) : repeat(state, context);
  },
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
  return isQuestionHeard ? book(state, context) : repeat(state, context, 'To be sure, once more.');
}
