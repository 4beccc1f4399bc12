import { DateTime } from 'luxon';
import { sayClock, sayDay } from './calendar.ts';
import { say, sayEssential, type Dialogue, type DialogueContext, type DialogueInput } from './dialogue.ts';
import { readReference, readSlots, type ToolResult } from './tool-results.ts';
import { CALLBACK, greeting } from './wording.ts';
import { leave, call, speak, quiet, type ScriptState, type Step } from './script-moves.ts';

export const SCRIPT_DISCLOSURE =
  'I am a scripted demo, not an AI. This machine has no speech recogniser, so I cannot understand what ' +
  'you say. I go through one booking by myself: say anything, or wait, and I go on.';

/**
 * One booking by a fixed script, for machines without a recogniser. Any sound of the caller, any key, and a
 * silence (reported as a sound without words) continue it; the key 2 stops it from booking. It understands
 * nothing else, and says so.
 */
export const scriptDialogue: Dialogue<ScriptState> = {
  begin: () => ({ step: 'greeting', isGreeted: false, calls: 0, awaited: null, slot: null }),
  /** A script cannot know what was said before: after an interruption it only says goodbye. */
  resume: () => ({ step: 'end', isGreeted: true, calls: 0, awaited: null, slot: null }),
  step: take,
  listensFor: () => null,
};

function take(state: ScriptState, input: DialogueInput, context: DialogueContext): Step {
  switch (input.kind) {
    case 'tool-result':
      return takeResult(state, input.callNumber, input.result, context);
    case 'said':
      return quiet({ ...state, isGreeted: true });
    case 'instructed':
      return state.step === 'greeting' ? goOn(state, context) : speak(state, 'One moment, please.');
    case 'prompted':
      return state.step === 'greeting' ? goOn(state, context) : quiet(state);
    case 'keys':
    case 'heard':
    case 'unheard':
      return react(state, input, context);
  }
}

function react(
  state: ScriptState,
  input: Extract<DialogueInput, { kind: 'keys' | 'heard' | 'unheard' }>,
  context: DialogueContext,
): Step {
  if (state.step === 'wish' && !input.isQuestionHeard) return disclose(state);
  return input.kind === 'keys' && state.step === 'offer' && input.digits.includes('2')
    ? decline(state, context)
    : goOn(state, context);
}

/** The greeting is repeated when the caller talked over it. */
function disclose(state: ScriptState, ...lead: readonly string[]): Step {
  return { state: { ...state, step: 'wish' }, moves: [...lead.map(say), sayEssential(SCRIPT_DISCLOSURE)] };
}

function goOn(state: ScriptState, context: DialogueContext): Step {
  if (state.awaited) return quiet(state);
  switch (state.step) {
    case 'greeting':
      return disclose(state, ...(state.isGreeted ? [] : [greeting(context)]));
    case 'wish':
      return look(state, context);
    case 'offer':
      return book(state, context);
    case 'end':
      return leave(state, context);
    case 'calendar':
    case 'booking':
    case 'over':
      return quiet(state);
  }
}

function look(state: ScriptState, context: DialogueContext): Step {
  if (!context.tools.has('check') || !context.tools.has('book'))
    return speak({ ...state, step: 'end' }, 'I have no calendar here, so there is nothing to book.');
  const date = context.today.plus({ days: 1 }).toISODate() ?? '';
  const words = ['Let us say you need a plumber.', 'I am looking for a free time tomorrow.'];
  return call(
    { ...state, step: 'calendar' },
    'check',
    { service: 'plumbing', date, partOfDay: 'any' },
    words,
  );
}

function book(state: ScriptState, context: DialogueContext): Step {
  if (!state.slot) return leave(state, context);
  return call({ ...state, step: 'booking' }, 'book', { service: 'plumbing', start: state.slot.start }, [
    'I am booking it now.',
  ]);
}

function decline(state: ScriptState, context: DialogueContext): Step {
  return leave({ ...state, slot: null }, context, 'All right, nothing is booked.');
}

function takeResult(
  before: ScriptState,
  callNumber: number,
  result: ToolResult,
  context: DialogueContext,
): Step {
  const { awaited } = before;
  if (awaited?.callNumber !== callNumber) return quiet(before);
  const state = { ...before, awaited: null };
  return awaited.tool === 'check'
    ? offer(state, result, context)
    : reportBooking({ ...state, step: 'end' }, result);
}

function reportBooking(state: ScriptState, result: ToolResult): Step {
  switch (result.status) {
    case 'ok': {
      const reference = readReference(result.value);
      return speak(state, 'It is booked.', ...(reference === null ? [] : [`The reference is ${reference}.`]));
    }
    case 'refused':
    case 'cancelled':
      return speak(state, 'The calendar did not take this booking, so nothing is booked.');
    case 'failed':
    case 'timed-out':
      return speak(state, 'I am not certain whether the appointment was made.', CALLBACK);
  }
}

function offer(state: ScriptState, result: ToolResult, context: DialogueContext): Step {
  const [slot] = (result.status === 'ok' ? readSlots(result.value) : null) ?? [];
  if (!slot)
    return speak({ ...state, step: 'end' }, 'The calendar has no free time for me, so I book nothing.');
  const at = DateTime.fromISO(slot.start, { zone: context.now.zone });
  const when = `${sayDay(at.toISODate() ?? '', context.today)}, at ${sayClock(at)}`;
  return speak(
    { ...state, step: 'offer', slot },
    `The first free time is ${when}.`,
    'I book it next, as an example. Press 2 if you do not want that.',
  );
}
