import { monthsAhead, sayClock, sayDay } from '../calendar.ts';
import { offered, offeredWords, slotClock, type BookingState, type StepName } from './booking-state.ts';
import { say, type DialogueContext, type DialogueMove } from '../dialogue.ts';
import { grammarOf, type GrammarName } from '../grammars.ts';
import type { Meaning } from '../meaning.ts';
import type { Phrase } from '../phrase.ts';
import { listTimes, serviceName, summary } from '../wording.ts';

/** One row of the state table: question, phrases and help. */
interface StepRow {
  readonly grammar: GrammarName;
  /** The meaning of each key. */
  readonly keys: Readonly<Record<string, Meaning>>;
  /** Said when the caller asks for help or was not understood twice. */
  readonly examples: string;
  /** Said when the caller was not understood three times. */
  readonly keysHelp: string;
  ask(state: BookingState, context: DialogueContext): DialogueMove[];
}

const YES_NO_KEYS = { '1': { answer: 'yes' }, '2': { answer: 'no' } } as const;
const YES_NO_HELP = 'You can press 1 for yes or 2 for no.';

const STEPS: Readonly<Record<StepName, StepRow>> = {
  service: {
    grammar: 'service',
    keys: { '1': { service: 'plumbing' }, '2': { service: 'heating' }, '3': { service: 'electrical' } },
    examples: 'You can say, for example: I need a plumber. Or: my boiler is broken.',
    keysHelp: 'You can press 1 for plumbing, 2 for heating, or 3 for electrical work.',
    ask: () => [say('I can book plumbing, heating or electrical work. Which do you need?')],
  },
  day: {
    grammar: 'day',
    keys: {
      '1': { day: { kind: 'offset', days: 0 } },
      '2': { day: { kind: 'offset', days: 1 } },
      '3': { day: { kind: 'soonest' } },
    },
    examples: 'You can say: tomorrow. Or: next Monday. Or: the twelfth.',
    keysHelp: 'You can press 1 for today, 2 for tomorrow, or 3 for the first day that is free.',
    ask: (state) => [
      say(
        state.service
          ? `A visit for ${serviceName(state.service)}. Which day suits you?`
          : 'Which day suits you?',
      ),
    ],
  },
  time: {
    grammar: 'time',
    keys: { '1': { part: 'morning' }, '2': { part: 'afternoon' }, '3': { part: 'any' } },
    examples: 'You can say: morning. Or: afternoon. Or a time, such as ten thirty.',
    keysHelp: 'You can press 1 for the morning, 2 for the afternoon, or 3 for any time.',
    ask: ({ date }, context) => [
      say(`${date ? `For ${sayDay(date, context.today)}: ` : ''}in the morning or in the afternoon?`),
    ],
  },
  offer: {
    grammar: 'offer',
    keys: { '1': { ordinal: 1 }, '2': { ordinal: 2 }, '3': { ordinal: 3 }, '4': { change: 'day' } },
    examples: 'You can say one of the times, or: the first one. Or: another day.',
    keysHelp: 'You can press 1 for the first time, 2 for the second, 3 for the third, or 4 for another day.',
    ask: askOffer,
  },
  confirm: {
    grammar: 'confirm',
    keys: YES_NO_KEYS,
    examples: 'You can say yes, or no, or what should be different, such as: no, Wednesday.',
    keysHelp: YES_NO_HELP,
    ask: askConfirm,
  },
  waiting: {
    grammar: 'confirm',
    keys: YES_NO_KEYS,
    examples: 'You can say yes, or no, or another day, such as: no, Wednesday.',
    keysHelp: YES_NO_HELP,
    ask: () => [say('Shall I put you on the waiting list for that day?')],
  },
  retry: {
    grammar: 'confirm',
    keys: YES_NO_KEYS,
    examples: 'You can say yes or no.',
    keysHelp: YES_NO_HELP,
    ask: () => [say('Shall I try once more?')],
  },
  more: {
    grammar: 'more',
    keys: YES_NO_KEYS,
    examples: 'You can say no, or what else you need, such as: an electrician.',
    keysHelp: YES_NO_HELP,
    ask: () => [say('Is there anything else?')],
  },
};

/** Keys with the same meaning at every step. */
const COMMON_KEYS: Readonly<Record<string, Meaning>> = {
  '*': { command: 'repeat' },
  '0': { command: 'help' },
  '9': { command: 'start-over' },
};

export function questionOf(state: BookingState, context: DialogueContext): DialogueMove[] {
  return STEPS[state.step].ask(state, context);
}

export function examplesOf(state: BookingState): string {
  return STEPS[state.step].examples;
}

export function keysHelpOf(state: BookingState): string {
  return STEPS[state.step].keysHelp;
}

/** Returns the meaning of the first key that has one; `#` only ends an entry. Null for none. */
export function readKeys(digits: string, state: BookingState): Meaning | null {
  const known = { ...COMMON_KEYS, ...STEPS[state.step].keys };
  const key = [...digits].find((digit) => known[digit] !== undefined);
  return key === undefined ? null : (known[key] ?? null);
}

export function phrasesOf(state: BookingState, context: DialogueContext): Phrase {
  const times = offeredWords(state, context);
  return grammarOf(STEPS[state.step].grammar, {
    times: times.length > 0 ? times : ['noon'],
    months: monthsAhead(context.today),
  });
}

function askOffer(state: BookingState, context: DialogueContext): DialogueMove[] {
  const times = offered(state).map((slot) => slotClock(slot, context));
  const day = sayDay(state.date ?? '', context.today);
  const [first] = times;
  if (first && times.length === 1)
    return [say(`For ${day} I have one time: ${sayClock(first)}. Shall I take it?`)];
  return [say(`For ${day} I have ${listTimes(times)}. Which one suits you?`)];
}

function askConfirm(state: BookingState, context: DialogueContext): DialogueMove[] {
  const { service, date, chosen } = state;
  if (!service || !date || !chosen) return [];
  return [summary(service, date, slotClock(chosen, context), context), say('Shall I book it?')];
}
