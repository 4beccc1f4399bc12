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

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
export const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
];
const UNITS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'];
const TEENS = [
  ...['tenth', 'eleventh', 'twelfth', 'thirteenth', 'fourteenth'],
  ...['fifteenth', 'sixteenth', 'seventeenth', 'eighteenth', 'nineteenth'],
];
/** Ordinals by their words; -1 is the last. */
export const ORDINALS = new Map<string, number>([
  ...UNITS.map((word, index) => [word, index + 1] as const),
  ...TEENS.map((word, index) => [word, index + 10] as const),
  ['twentieth', 20],
  ...UNITS.map((word, index) => [`twenty ${word}`, index + 21] as const),
  ['thirtieth', 30],
  ['thirty first', 31],
  ['last', -1],
]);
export const HOURS = [
  ...['one', 'two', 'three', 'four', 'five', 'six'],
  ...['seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'],
];
export const MINUTES: Readonly<Record<string, number>> = { fifteen: 15, thirty: 30, 'forty five': 45 };

/** Returns the day of a weekday's name, after "next", "this" or neither. */
export function weekdayWords(which: string | undefined, name: string | undefined): DayWords {
  return {
    kind: 'weekday',
    weekday: WEEKDAYS.indexOf(name ?? '') + 1,
    which: which === 'next' || which === 'this' ? which : 'nearest',
  };
}

/** Returns the day of a month's name and an ordinal. */
export function dateWords(month: string | undefined, ordinal: string | undefined): DayWords {
  return { kind: 'date', month: MONTHS.indexOf(month ?? '') + 1, day: ordinalNumber(ordinal) };
}

/** Returns the number of an ordinal; 0 for any other word. */
export function ordinalNumber(word: string | undefined): number {
  return ORDINALS.get(word ?? '') ?? 0;
}

/**
 * Returns a time of the day. Without "a m" or "p m", one to six are after noon: there are no visits at night.
 */
export function clockTime(
  hourWord: string | undefined,
  minuteWord: string | undefined,
  half: string | undefined,
): ClockTime {
  const hour = HOURS.indexOf(hourWord ?? '') + 1;
  const isAfternoon = half === undefined ? hour <= 6 || hour === 12 : half === 'p';
  return { hour: (hour % 12) + (isAfternoon ? 12 : 0), minute: MINUTES[minuteWord ?? ''] ?? 0 };
}
