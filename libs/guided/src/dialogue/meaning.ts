export type Service = 'plumbing' | 'heating' | 'electrical';
export type PartOfDay = 'morning' | 'afternoon' | 'any';
export type Command = 'repeat' | 'help' | 'person' | 'start-over' | 'goodbye' | 'cancel';

/** A day as it was said; which date it is depends on the day of the call. */
export type DayWords =
  | { readonly kind: 'offset'; readonly days: number }
  /** ISO: Monday is 1. */
  | { readonly kind: 'weekday'; readonly weekday: number; readonly which: 'next' | 'this' | 'nearest' }
  /** `month` from 1, or null for the next such day. */
  | { readonly kind: 'date'; readonly month: number | null; readonly day: number }
  | { readonly kind: 'soonest' };

export interface ClockTime {
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
}

/** The meaning of a caller's words, whatever was asked. Absent means not said. */
export interface Meaning {
  readonly service?: Service;
  readonly day?: DayWords;
  readonly part?: PartOfDay;
  readonly clock?: ClockTime;
  /** "the second": a choice or a day of the month, as the question has it. -1 is the last. */
  readonly ordinal?: number;
  readonly answer?: 'yes' | 'no';
  readonly change?: 'day' | 'time' | 'later' | 'earlier';
  readonly command?: Command;
  readonly wantsAppointment?: true;
  readonly isDone?: true;
}

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
export const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
];
const UNITS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'];
const TEENS = [
  ...[
    'tenth',
    'eleventh',
    'twelfth',
    'thirteenth',
    'fourteenth',
    'fifteenth',
    'sixteenth',
    'seventeenth',
    'eighteenth',
  ],
  'nineteenth',
];
const ORDINALS = new Map<string, number>([
  ...UNITS.map((word, index) => [word, index + 1] as const),
  ...TEENS.map((word, index) => [word, index + 10] as const),
  ['twentieth', 20],
  ...UNITS.map((word, index) => [`twenty ${word}`, index + 21] as const),
  ['thirtieth', 30],
  ['thirty first', 31],
  ['last', -1],
]);
const HOURS = [
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
const MINUTES: Readonly<Record<string, number>> = { fifteen: 15, thirty: 30, 'forty five': 45 };
const CHOICES = ['one', 'two', 'three'];

/** Longer words come first, or "sixteenth" would match as "sixth". */
const anyOf = (words: Iterable<string>) => [...words].sort((a, b) => b.length - a.length).join('|');
const ORDINAL = anyOf(ORDINALS.keys());
const MONTH = anyOf(MONTHS);
const HOUR = anyOf(HOURS);

type Groups = readonly (string | undefined)[];
type Rule = readonly [pattern: RegExp, read: (groups: Groups) => Meaning];
const rule = (pattern: string, read: (groups: Groups) => Meaning): Rule => [
  new RegExp(`\\b(?:${pattern})\\b`, 'g'),
  read,
];

/** Applied in order: words read by one rule are removed for the next ones. */
const RULES: readonly Rule[] = [
  rule('repeat that|say that again|pardon', () => ({ command: 'repeat' })),
  rule('help|what can i say', () => ({ command: 'help' })),
  rule('(?:(?:speak|talk) to )?(?:a person|a human|someone|an operator|operator)', () => ({
    command: 'person',
  })),
  rule('start (?:over|again)', () => ({ command: 'start-over' })),
  rule('goodbye|bye|hang up', () => ({ command: 'goodbye' })),
  rule('cancel(?: that)?', () => ({ command: 'cancel' })),
  rule('plumb(?:er|ing)|leak(?:ing)?|pipes?|drain|toilet', () => ({ service: 'plumbing' })),
  rule('(?:no )?(?:heating|boiler|radiator)', () => ({ service: 'heating' })),
  rule('electric(?:al|ian)?|socket|(?:no )?power', () => ({ service: 'electrical' })),
  rule('(?:one more )?appointment', () => ({ wantsAppointment: true })),
  rule("that's (?:all|it)|nothing else|thank you|thanks", () => ({ isDone: true })),
  rule('as soon as possible|any day', () => ({ day: { kind: 'soonest' } })),
  rule('(?:another|a different|change the) day', () => ({ change: 'day' })),
  rule('(?:another|change the) time|something else|neither|none of those', () => ({ change: 'time' })),
  rule('later', () => ({ change: 'later' })),
  rule('earlier', () => ({ change: 'earlier' })),
  rule('the day after tomorrow', () => ({ day: { kind: 'offset', days: 2 } })),
  rule('tomorrow', () => ({ day: { kind: 'offset', days: 1 } })),
  rule('today', () => ({ day: { kind: 'offset', days: 0 } })),
  rule(`(?:(next|this) )?(${WEEKDAYS.join('|')})`, ([which, name]) => ({ day: weekdayWords(which, name) })),
  rule(`(${MONTH})(?: the)? (${ORDINAL})`, ([month, ordinal]) => ({ day: dateWords(month, ordinal) })),
  rule(`the (${ORDINAL}) of (${MONTH})`, ([ordinal, month]) => ({ day: dateWords(month, ordinal) })),
  rule(`(?:the )?(${ORDINAL})(?: one)?`, ([ordinal]) => ({ ordinal: ordinalNumber(ordinal) })),
  rule(`option (${CHOICES.join('|')})`, ([word]) => ({ ordinal: CHOICES.indexOf(word ?? '') + 1 })),
  rule(`half past (${HOUR})`, ([hour]) => ({ clock: clockTime(hour, 'thirty', undefined) })),
  rule(
    `(${HOUR})(?: (${anyOf(Object.keys(MINUTES))}))?(?: o'clock)?(?: ([ap]) m)?`,
    ([hour, minute, half]) => ({ clock: clockTime(hour, minute, half) }),
  ),
  rule('noon', () => ({ clock: { hour: 12, minute: 0 } })),
  rule('morning', () => ({ part: 'morning' })),
  rule('afternoon|evening', () => ({ part: 'afternoon' })),
  rule("any time|don't mind|doesn't matter|either|all day", () => ({ part: 'any' })),
  rule("(?:no )?that's (?:wrong|not right)|no|not right|nope", () => ({ answer: 'no' })),
  rule(
    "yes|yeah|yep|okay|sure|that's right|correct|perfect|go ahead|book it|please do|sounds good|(?:that " +
      ")?works|(?:that's|is) fine",
    () => ({ answer: 'yes' }),
  ),
];

/**
 * Reads words of any source: unknown ones are skipped, and of two that contradict each other the later
 * counts.
 */
export function readMeaning(text: string): Meaning {
  let rest = text.toLowerCase().replace(/[^a-z']+/g, ' ');
  let meaning: Meaning = {};
  for (const [pattern, read] of RULES) {
    rest = rest.replace(pattern, (_all, ...groups: unknown[]) => {
      meaning = {
        ...meaning,
        ...read(groups.map((group) => (typeof group === 'string' ? group : undefined))),
      };
      return '|';
    });
  }
  return meaning;
}

export function isEmptyMeaning(meaning: Meaning): boolean {
  return Object.keys(meaning).length === 0;
}

function weekdayWords(which: string | undefined, name: string | undefined): DayWords {
  return {
    kind: 'weekday',
    weekday: WEEKDAYS.indexOf(name ?? '') + 1,
    which: which === 'next' || which === 'this' ? which : 'nearest',
  };
}

function dateWords(month: string | undefined, ordinal: string | undefined): DayWords {
  return { kind: 'date', month: MONTHS.indexOf(month ?? '') + 1, day: ordinalNumber(ordinal) };
}

function ordinalNumber(word: string | undefined): number {
  return ORDINALS.get(word ?? '') ?? 0;
}

/** Without "a m" or "p m", one to six are after noon: there are no visits at night. */
function clockTime(
  hourWord: string | undefined,
  minuteWord: string | undefined,
  half: string | undefined,
): ClockTime {
  const hour = HOURS.indexOf(hourWord ?? '') + 1;
  const isAfternoon = half === undefined ? hour <= 6 || hour === 12 : half === 'p';
  return { hour: (hour % 12) + (isAfternoon ? 12 : 0), minute: MINUTES[minuteWord ?? ''] ?? 0 };
}
