import { DateTime } from 'luxon';
import { sayClock } from '../calendar.ts';
import { answered, OFFERED_AT_ONCE, slotTime, withoutSlots, type BookingState } from './booking-state.ts';
import { examplesOf, keysHelpOf, questionOf } from './booking-steps.ts';
import {
  say,
  type DialogueContext,
  type DialogueMove,
  type DialogueStep,
  type ToolRole,
} from '../dialogue.ts';
import type { Slot } from '../tool-results.ts';
import { GOODBYE, wishWords } from '../wording.ts';

export type Step = DialogueStep<BookingState>;

/** Asks the question of `state.step`, after the words `lead`. */
export function ask(state: BookingState, context: DialogueContext, ...lead: readonly string[]): Step {
  const moves = [...lead.map(say), ...questionOf(state, context)];
  return { state: { ...state, lastSaid: moves }, moves };
}

/** Says words that need no answer. */
export function tell(state: BookingState, ...words: readonly string[]): Step {
  return { state, moves: words.map(say) };
}

export function call(state: BookingState, tool: ToolRole, args: Readonly<Record<string, string>>): Step {
  const callNumber = state.calls + 1;
  return {
    state: { ...state, calls: callNumber, pending: { ...state.pending, [tool]: callNumber } },
    moves: [{ kind: 'call', callNumber, tool, arguments: args }],
  };
}

/** Goes to the first open step: service, day, time, the calendar, the choice, the consent. */
export function advance(state: BookingState, context: DialogueContext, ...lead: readonly string[]): Step {
  if (!state.service) return ask({ ...state, step: 'service' }, context, ...lead);
  if (!state.date) return ask({ ...state, step: 'day' }, context, ...lead);
  if (!state.part && !state.clock) return ask({ ...state, step: 'time' }, context, ...lead);
  if (!state.slots) return check(state, context, ...lead);
  if (!state.chosen) return ask({ ...state, step: 'offer' }, context, ...lead);
  return context.tools.has('hold') && state.held !== state.chosen.start
    ? hold(state, ...lead)
    : ask({ ...state, step: 'confirm' }, context, ...lead);
}

/** Asks the calendar for the wanted day. */
export function check(state: BookingState, context: DialogueContext, ...lead: readonly string[]): Step {
  const { service, date, part, clock } = state;
  if (!service || !date) return advance(state, context, ...lead);
  if (!context.tools.has('check') || !context.tools.has('book'))
    return goodbye(state, context, 'cannot-help', 'I have no calendar here, so I cannot book anything.');
  const looking = `One moment, I am looking at ${wishWords({ date, part, clock }, context)}.`;
  return callFor(state, 'check', { service, date, partOfDay: partOf(state) }, ...lead, looking);
}

/** The calendar has returned free times. */
export function offerSlots(state: BookingState, found: readonly Slot[], context: DialogueContext): Step {
  const slots = found.filter(
    (slot) => slotTime(slot, context) > context.now && !state.taken.includes(slot.start),
  );
  const { clock, date, part } = state;
  if (slots.length === 0) return nothingFree(state, context);
  const open = { ...state, slots, offset: 0, daysToTry: 0, checkFailures: 0 };
  if (!clock || !date) return advance(open, context);
  const wished = DateTime.fromISO(date, { zone: context.now.zone }).set(clock).toMillis();
  const distances = slots.map((slot) => Math.abs(slotTime(slot, context).toMillis() - wished));
  const nearest = distances.indexOf(Math.min(...distances));
  if (distances[nearest] === 0) return advance({ ...open, chosen: slots[nearest] ?? null }, context);
  const offset = Math.max(0, Math.min(nearest - 1, slots.length - OFFERED_AT_ONCE));
  return advance(
    { ...open, offset, clock: null, part: part ?? 'any' },
    context,
    `I have nothing at ${sayClock(clock)}.`,
  );
}

function nothingFree(state: BookingState, context: DialogueContext): Step {
  const { date, part, clock, daysToTry } = state;
  if (!date) return advance(state, context);
  if (daysToTry > 0) {
    const next = DateTime.fromISO(date).plus({ days: 1 }).toISODate();
    return check({ ...withoutSlots(state), date: next, daysToTry: daysToTry - 1 }, context);
  }
  const nothing = `For ${wishWords({ date, part, clock }, context)} there is nothing free.`;
  return context.tools.has('wait')
    ? ask({ ...withoutSlots(state), step: 'waiting' }, context, nothing)
    : advance({ ...withoutSlots(state), date: null }, context, nothing);
}

/** Keeps the chosen time until the caller has agreed to it. */
function hold(state: BookingState, ...lead: readonly string[]): Step {
  return callFor(state, 'hold', appointmentOf(state), ...lead, 'One moment, I am keeping that time for you.');
}

export function book(state: BookingState, context: DialogueContext): Step {
  const appointment = appointmentOf(state);
  const agreed =
    appointment && context.tools.has('hold') ? { ...appointment, confirmed: 'true' } : appointment;
  return callFor(state, 'book', agreed, 'One moment, I am booking it.');
}

/** Puts the caller on the waiting list for the day they want. */
export function wait(state: BookingState): Step {
  const { service, date, customerName } = state;
  const wish =
    service && date
      ? { service, from: date, until: date, partOfDay: partOf(state), ...nameOf(customerName) }
      : null;
  return callFor(state, 'wait', wish, 'One moment, please.');
}

function callFor(
  state: BookingState,
  tool: ToolRole,
  wanted: Readonly<Record<string, string>> | null,
  ...words: readonly string[]
): Step {
  if (!wanted) return { state, moves: [] };
  const asked = call(state, tool, wanted);
  const moves = words.map(say);
  return { state: { ...asked.state, lastSaid: moves }, moves: [...asked.moves, ...moves] };
}

function appointmentOf({ service, chosen, customerName }: BookingState) {
  return service && chosen ? { service, start: chosen.start, ...nameOf(customerName) } : null;
}

const nameOf = (name: string | null): { name?: string } => (name === null ? {} : { name });

const partOf = ({ part, clock }: Pick<BookingState, 'part' | 'clock'>): string =>
  clock ? (clock.hour < 12 ? 'morning' : 'afternoon') : (part ?? 'any');

/** Says goodbye, and hangs up if there is a tool for it. A caller who goes on is asked what else there is. */
export function goodbye(
  state: BookingState,
  context: DialogueContext,
  reason: 'caller-done' | 'cannot-help',
  ...lead: readonly string[]
): Step {
  const moves = [...lead, GOODBYE].map(say);
  const farewell: BookingState = { ...answered(state, 'end'), step: 'more', lastSaid: moves };
  if (!context.tools.has('end')) return { state: farewell, moves };
  const ended = call(farewell, 'end', { reason });
  return { state: ended.state, moves: [...moves, ...ended.moves] };
}

const GIVE_UP_AFTER = 4;

/** The caller was not understood: gives more help each time, and at last ends the call politely. */
export function failed(state: BookingState, context: DialogueContext): Step {
  const failures = state.failures + 1;
  const counted = { ...state, failures };
  if (failures === 1) return ask(counted, context, 'Sorry, I did not catch that.');
  if (failures >= GIVE_UP_AFTER)
    return goodbye(
      { ...counted, failures: 0 },
      context,
      'cannot-help',
      'I am sorry, I do not understand you well enough to help.',
    );
  const help = failures === 2 ? examplesOf(state) : keysHelpOf(state);
  return tell(
    counted,
    failures === 2 ? 'Sorry, I did not catch that either.' : 'I still do not understand.',
    help,
  );
}

export function repeat(state: BookingState, context: DialogueContext, ...lead: readonly string[]): Step {
  if (state.lastSaid.length === 0) return ask(state, context, ...lead);
  const moves: DialogueMove[] = [...lead.map(say), ...state.lastSaid];
  return { state, moves };
}
