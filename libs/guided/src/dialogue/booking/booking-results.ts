import { sayClock, sayDay } from '../calendar.ts';
import { advance, ask, check, offerSlots, type Step } from './booking-moves.ts';
import { answered, slotClock, withoutRequest, withoutSlots, type BookingState } from './booking-state.ts';
import type { DialogueContext, ToolRole } from '../dialogue.ts';
import { readCustomerName, readReference, readSlots, type ToolResult } from '../tool-results.ts';
import { CALLBACK, NOBODY_THERE, NOT_PUT_THROUGH, serviceName, welcomeBack, wishWords } from '../wording.ts';

/** Returns the step for a tool's result. A result that is no longer needed changes nothing. */
export function takeResult(
  state: BookingState,
  callNumber: number,
  result: ToolResult,
  context: DialogueContext,
): Step {
  const role = (Object.keys(state.pending) as ToolRole[]).find(
    (candidate) => state.pending[candidate] === callNumber,
  );
  if (role === undefined) return { state, moves: [] };
  return RESULTS[role](answered(state, role), result, context);
}

type OnResult = (state: BookingState, result: ToolResult, context: DialogueContext) => Step;

const RESULTS: Readonly<Record<ToolRole, OnResult>> = {
  'look-up'(state, result, context) {
    const customerName = result.status === 'ok' ? readCustomerName(result.value) : null;
    const known = { ...state, customerName };
    // A caller who spoke before the result came is past the welcome.
    if (state.lastSaid.length > 0) return { state: known, moves: [] };
    return ask(known, context, ...(customerName === null ? [] : [welcomeBack(customerName)]));
  },
  check(state, result, context) {
    const slots = result.status === 'ok' ? readSlots(result.value) : null;
    if (slots) return offerSlots(state, slots, context);
    if (result.status === 'refused')
      return ask({ ...withoutRequest(state), step: 'service' }, context, 'The calendar does not offer that.');
    return calendarFailed(state, context);
  },
  hold: takeHold,
  book: takeBooking,
  wait: takeWaiting,
  end: (state) => ({ state, moves: [] }),
  transfer: (state, result, context) =>
    result.status === 'ok'
      ? { state, moves: [] }
      : ask(
          state,
          context,
          result.status === 'refused' && result.reason === 'department-closed'
            ? NOBODY_THERE
            : NOT_PUT_THROUGH,
        ),
};

function calendarFailed(state: BookingState, context: DialogueContext): Step {
  const checkFailures = state.checkFailures + 1;
  if (checkFailures === 1)
    return ask(
      { ...state, checkFailures, step: 'retry' },
      context,
      'I could not read the calendar just now. Nothing is booked.',
    );
  return ask(
    { ...withoutRequest(state), step: 'more' },
    context,
    'I still cannot read the calendar, so nothing is booked. A colleague will call you back.',
  );
}

function takeHold(state: BookingState, result: ToolResult, context: DialogueContext): Step {
  const isUnknown = result.status === 'failed' || result.status === 'timed-out';
  return isUnknown ? calendarFailed(withoutSlots(state), context) : takeBooking(state, result, context);
}

function takeWaiting(state: BookingState, result: ToolResult, context: DialogueContext): Step {
  const { date, part, clock } = state;
  if (!date) return { state, moves: [] };
  const done: BookingState = { ...withoutRequest(state), step: 'more' };
  if (result.status === 'ok')
    return ask(
      done,
      context,
      `You are on the waiting list for ${wishWords({ date, part, clock }, context)}. Nothing is booked ` +
        'yet; you will be told if a time becomes free.',
    );
  if (result.status === 'failed' || result.status === 'timed-out')
    return ask(done, context, 'I am not certain whether you are on the waiting list.', CALLBACK);
  if (result.status === 'refused' && result.reason === 'times-free')
    return check(withoutSlots(state), context, 'A time has become free.');
  return advance({ ...withoutSlots(state), date: null }, context, 'I could not put you on the waiting list.');
}

function takeBooking(state: BookingState, result: ToolResult, context: DialogueContext): Step {
  const { service, date, chosen } = state;
  if (!service || !date || !chosen) return { state, moves: [] };
  const done: BookingState = { ...withoutRequest(state), step: 'more' };
  switch (result.status) {
    case 'ok': {
      const reference = readReference(result.value);
      const what =
        `It is booked: ${serviceName(service)}, ${sayDay(date, context.today)}, at ` +
        `${sayClock(slotClock(chosen, context))}.`;
      return ask(done, context, what, ...(reference === null ? [] : [`Your reference is ${reference}.`]));
    }
    case 'refused':
      return takeRefusal(state, result.reason, context);
    case 'failed':
    case 'timed-out':
      return ask(done, context, 'I am not certain whether the appointment was made.', CALLBACK);
    case 'cancelled':
      return ask(done, context, 'The booking was stopped before it was done, so nothing is booked.');
  }
}

function takeRefusal(state: BookingState, reason: string, context: DialogueContext): Step {
  const taken = state.chosen ? [...state.taken, state.chosen.start] : state.taken;
  if (reason === 'not-confirmed')
    return ask({ ...state, step: 'confirm', held: state.chosen?.start ?? null }, context);
  if (reason === 'confirmation-needed')
    return ask({ ...state, step: 'confirm' }, context, 'To be sure, once more.');
  if (reason === 'slot-taken') {
    const wish = { ...withoutSlots(state), taken, clock: null, part: state.part ?? 'any' } as const;
    return check(wish, context, 'I am sorry, that time has just been taken.');
  }
  return advance(
    { ...withoutSlots(state), taken, date: null },
    context,
    'The calendar did not take this booking, so nothing is booked.',
  );
}
