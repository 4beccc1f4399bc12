import { answer } from './booking-answers.ts';
import { ask, call, failed, repeat, tell, type Step } from './booking-moves.ts';
import { takeResult } from './booking-results.ts';
import { resume, resumed } from './booking-resume.ts';
import { INITIAL, isWaiting, type BookingState } from './booking-state.ts';
import { phrasesOf, readKeys } from './booking-steps.ts';
import { say, sayEssential, type Dialogue, type DialogueContext, type DialogueInput } from '../dialogue.ts';
import { readMeaning } from '../meaning.ts';
import { readReference, readToolOutput } from '../tool-results.ts';
import { DISCLOSURE, GOODBYE, greeting } from '../wording.ts';

/**
 * Books a visit by rules: service, day, time, the calendar's offers, the caller's consent, the outcome. The
 * state table is in booking-steps.ts (the questions and the phrases they accept) and booking-answers.ts (the
 * effects of answers).
 */
export const bookingDialogue: Dialogue<BookingState> = {
  begin: () => INITIAL,
  resume,
  step: (state, input, context) => disclosed(take(hearsDisclosure(state, input), input, context)),
  listensFor: phrasesOf,
};

function take(state: BookingState, input: DialogueInput, context: DialogueContext): Step {
  switch (input.kind) {
    case 'said':
      return lookUp({ ...state, isGreeted: true }, context);
    case 'heard':
      return answer({ ...state, isGreeted: true }, readMeaning(input.text), input.isQuestionHeard, context);
    case 'keys': {
      const meaning = readKeys(input.digits, state);
      return meaning
        ? answer({ ...state, isGreeted: true }, meaning, input.isQuestionHeard, context)
        : failed(state, context);
    }
    case 'unheard':
      return unheard({ ...state, isGreeted: true }, input.isInterruption, context);
    case 'tool-result':
      return takeResult(state, input.callNumber, input.result, context);
    case 'prompted':
      return prompted(state, input.isQuestionHeard, context);
    case 'instructed':
      return instructed(state, input.instruction, context);
  }
}

/** The first words of our own say that this is a demo and no AI. */
function disclosed({ state, moves }: Step): Step {
  if (state.disclosure !== 'due' || !moves.some((move) => move.kind === 'say')) return { state, moves };
  return { state: { ...state, disclosure: 'said' }, moves: [sayEssential(DISCLOSURE), ...moves] };
}

/** A disclosure that the caller talked over is repeated. */
function hearsDisclosure(state: BookingState, input: DialogueInput): BookingState {
  const isCallers = input.kind === 'heard' || input.kind === 'unheard' || input.kind === 'keys';
  if (state.disclosure !== 'said' || !isCallers) return state;
  return { ...state, disclosure: input.isQuestionHeard ? 'heard' : 'due' };
}

function greet(state: BookingState, context: DialogueContext): Step {
  const greeted = lookUp({ ...state, isGreeted: true, disclosure: 'said' }, context);
  const words = [...greeted.moves, say(greeting(context)), sayEssential(DISCLOSURE)];
  if (greeted.moves.length > 0) return { state: greeted.state, moves: words };
  const asked = ask(greeted.state, context);
  return { state: asked.state, moves: [...words, ...asked.moves] };
}

/** Looks the caller up, once, without a word. */
function lookUp(state: BookingState, context: DialogueContext): Step {
  if (state.hasLookedUp || !context.tools.has('look-up')) return { state, moves: [] };
  return call({ ...state, hasLookedUp: true }, 'look-up', {});
}

/** Tools the caller waits for with nothing to say. */
const BUSY = ['check', 'hold', 'book', 'wait'] as const;

/** After this many noises in a row the caller counts as not understood. */
const MAX_NOISES = 2;

function unheard(state: BookingState, isInterruption: boolean, context: DialogueContext): Step {
  if (BUSY.some((role) => state.pending[role] !== undefined)) return tell(state, 'One moment, please.');
  if (!isInterruption || state.noises >= MAX_NOISES) return failed(state, context);
  return repeat({ ...state, noises: state.noises + 1 }, context);
}

function prompted(state: BookingState, isQuestionHeard: boolean, context: DialogueContext): Step {
  if (!state.isGreeted) return greet(state, context);
  if (isWaiting(state)) return { state, moves: [] };
  if (state.lastSaid.length === 0) return resumed(state, context);
  return isQuestionHeard ? { state, moves: [] } : repeat(state, context);
}

type Instruction = readonly [
  pattern: RegExp,
  follow: (state: BookingState, context: DialogueContext, instruction: string) => Step,
];

/** The instructions the conversation gives; any other gets neutral words. */
const INSTRUCTIONS: readonly Instruction[] = [
  [
    /\bended after all\b/i,
    (state, context, instruction) => question(state, context, ...lateWords(instruction)),
  ],
  [
    /\b(greet|welcome)/i,
    (state, context) => (state.isGreeted ? question(state, context) : greet(state, context)),
  ],
  [
    /\b(still there|silen|quiet|said nothing)/i,
    (state, context) => question(state, context, 'Are you still there?'),
  ],
  [/\b(goodbye|farewell|hang up|end (of )?the call|time is up|must end)/i, (state) => tell(state, GOODBYE)],
  [/\b(moment|wait|hold|filler|taking longer|working on)/i, (state) => tell(state, 'One moment, please.')],
  [
    /\b(sorry|apolog|trouble|interrupt|reconnect)/i,
    (state, context) => question(state, context, 'I am sorry about that.'),
  ],
];

function instructed(state: BookingState, instruction: string, context: DialogueContext): Step {
  const known = INSTRUCTIONS.find(([pattern]) => pattern.test(instruction));
  return known ? known[1](state, context, instruction) : question(state, context, 'Let us go on.');
}

/** Returns the words about a booking that came after we had said that it is not certain. */
function lateWords(instruction: string): string[] {
  const result = readToolOutput(/\{.*\}/.exec(instruction)?.[0] ?? '');
  if (result.status === 'refused') return ['The booking system has answered after all: nothing is booked.'];
  const reference = result.status === 'ok' ? readReference(result.value) : null;
  if (reference === null) return [];
  return [`The booking system has answered after all: it is booked. Your reference is ${reference}.`];
}

function question(state: BookingState, context: DialogueContext, ...lead: readonly string[]): Step {
  const greeted = { ...state, isGreeted: true };
  return isWaiting(state) ? tell(greeted, ...lead) : ask(greeted, context, ...lead);
}
