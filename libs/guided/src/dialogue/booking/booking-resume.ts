import type { HistoryItem } from '@tandem/conversation';
import { z } from 'zod';
import { chosenSlot } from './booking-slots.ts';
import { fill } from './booking-request.ts';
import { advance, ask, type Step } from './booking-moves.ts';
import { INITIAL, slotTime, withoutRequest, type BookingState } from './booking-state.ts';
import { questionOf } from './booking-steps.ts';
import { say, type DialogueContext } from '../dialogue.ts';
import { readMeaning } from '../meaning.ts';
import { readSlots, readToolOutput, type ToolResult } from '../tool-results.ts';
import { CALLBACK, DISCLOSURE } from '../wording.ts';

const wishSchema = z.object({
  service: z.enum(['plumbing', 'heating', 'electrical']).nullable().catch(null),
  date: z.iso.date().nullable().catch(null),
  partOfDay: z.enum(['morning', 'afternoon', 'any']).nullable().catch(null),
});

/** Reads the state from the history: what was said, asked, found, offered and booked. */
export function resume(history: readonly HistoryItem[], context: DialogueContext): BookingState {
  const tools = new Map(
    history.flatMap((item) => (item.kind === 'tool-call' ? [[item.providerCallId, item.name] as const] : [])),
  );
  const start: BookingState = { ...INITIAL, isGreeted: true, hasLookedUp: true };
  const state = history.reduce((before, item) => recall(before, item, tools, context), start);
  return state.isBookingInDoubt ? { ...withoutRequest(state), step: 'more' } : state;
}

const CHECK = 'check_availability';
const BOOK = 'book_appointment';

function recall(
  state: BookingState,
  item: HistoryItem,
  tools: ReadonlyMap<string, string>,
  context: DialogueContext,
): BookingState {
  switch (item.kind) {
    case 'agent':
      return offeredIn(
        item.text.includes(DISCLOSURE) ? { ...state, disclosure: 'heard' } : state,
        item.text,
        context,
      );
    case 'caller':
      return said(state, item.text, context);
    case 'tool-call':
      if (item.name === BOOK) return { ...state, isBookingInDoubt: true };
      return item.name === CHECK ? wishOf(state, item.argumentsJson) : state;
    case 'tool-result':
      return resultOf(state, tools.get(item.providerCallId), readToolOutput(item.output), context);
    case 'note':
      return state;
  }
}

/** The caller's words first count as a choice among the times on offer. */
function said(state: BookingState, text: string, context: DialogueContext): BookingState {
  const meaning = readMeaning(text);
  const chosen = state.step === 'offer' ? chosenSlot(state, meaning, context) : null;
  return chosen ? { ...state, step: 'confirm', chosen } : (fill(state, meaning, context) ?? state);
}

function resultOf(
  state: BookingState,
  tool: string | undefined,
  result: ToolResult,
  context: DialogueContext,
): BookingState {
  if (tool === BOOK) return afterBooking(state, result);
  if (tool !== CHECK || result.status !== 'ok') return state;
  const slots = (readSlots(result.value) ?? []).filter((slot) => slotTime(slot, context) > context.now);
  return slots.length === 0 ? state : { ...state, slots, offset: 0, chosen: null };
}

/** The agent has read times out, and the caller heard all of them. */
function offeredIn(state: BookingState, text: string, context: DialogueContext): BookingState {
  for (let offset = 0; offset < (state.slots ?? []).length; offset += 1) {
    const offer: BookingState = { ...state, step: 'offer', offset };
    const question = questionOf(offer, context).flatMap((move) => (move.kind === 'say' ? [move.text] : []));
    if (question.every((words) => text.includes(words))) return offer;
  }
  return state;
}

/**
 * Returns the first words after an interruption the caller did not cause. Words the caller has heard are not
 * repeated.
 */
export function resumed(state: BookingState, context: DialogueContext): Step {
  if (state.step === 'offer' && !state.chosen) {
    const moves = [say('Which of the times suits you?')];
    return { state: { ...state, lastSaid: questionOf(state, context) }, moves };
  }
  const doubt = state.isBookingInDoubt
    ? ['I am not certain whether the appointment was made.', CALLBACK]
    : [];
  const settled = { ...state, isBookingInDoubt: false };
  return state.step === 'more' ? ask(settled, context, ...doubt) : advance(settled, context, ...doubt);
}

function wishOf(state: BookingState, argumentsJson: string): BookingState {
  const wish = wishSchema.safeParse(readJson(argumentsJson));
  if (!wish.success) return state;
  const { service, date, partOfDay } = wish.data;
  return {
    ...state,
    service: service ?? state.service,
    date: date ?? state.date,
    part: partOfDay ?? state.part,
  };
}

function afterBooking(state: BookingState, { status }: ToolResult): BookingState {
  if (status === 'refused' || status === 'cancelled') return { ...state, isBookingInDoubt: false };
  return { ...withoutRequest(state), step: 'more', isBookingInDoubt: status !== 'ok' };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
