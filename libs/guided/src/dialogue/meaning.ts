import {
  WEEKDAYS,
  MONTHS,
  ORDINALS,
  HOURS,
  MINUTES,
  weekdayWords,
  dateWords,
  ordinalNumber,
  clockTime,
  type DayWords,
  type ClockTime,
} from './calendar-words.ts';

export type Service = 'plumbing' | 'heating' | 'electrical';
export type PartOfDay = 'morning' | 'afternoon' | 'any';
export type Command = 'repeat' | 'help' | 'person' | 'start-over' | 'goodbye' | 'cancel';

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
