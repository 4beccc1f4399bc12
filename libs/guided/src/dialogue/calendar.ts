import { DateTime } from 'luxon';
import { MONTHS, type ClockTime, type DayWords } from './calendar-words.ts';

/**
 * Returns the date meant, as YYYY-MM-DD, or null when there is no such day. "Monday" is the nearest one after
 * today, "next monday" the one of the next calendar week, a day of the month the next such day that is not
 * over.
 * @param today start of the day of the call, in the time zone of the business
 */
export function resolveDay(words: DayWords, today: DateTime): string | null {
  switch (words.kind) {
    case 'soonest':
      return today.toISODate();
    case 'offset':
      return today.plus({ days: words.days }).toISODate();
    case 'weekday':
      return resolveWeekday(words.weekday, words.which, today).toISODate();
    case 'date':
      return resolveDate(words.month, words.day, today)?.toISODate() ?? null;
  }
}

function resolveWeekday(weekday: number, which: 'next' | 'this' | 'nearest', today: DateTime): DateTime {
  const ofThisWeek = today.plus({ days: weekday - today.weekday });
  if (which === 'next') return ofThisWeek.plus({ weeks: 1 });
  if (which === 'this' && ofThisWeek >= today) return ofThisWeek;
  return ofThisWeek > today ? ofThisWeek : ofThisWeek.plus({ weeks: 1 });
}

/**
 * The longest gap between two days of the same number is from 31 July over a year's end: 2 months. 29
 * February: 8 years.
 */
function resolveDate(month: number | null, day: number, today: DateTime): DateTime | null {
  for (let ahead = 0; ahead <= (month === null ? 2 : 8); ahead += 1) {
    const candidate =
      month === null
        ? today.startOf('month').plus({ months: ahead })
        : DateTime.fromObject({ year: today.year + ahead, month, day: 1 }, { zone: today.zone });
    if (day < 1 || day > (candidate.daysInMonth ?? 0)) continue;
    const date = candidate.set({ day });
    if (date >= today) return date;
  }
  return null;
}

/** "today", "tomorrow, Tuesday, March 3rd", "Wednesday, March 4th". */
export function sayDay(date: string, today: DateTime): string {
  const day = DateTime.fromISO(date, { zone: today.zone });
  const name = `${day.setLocale('en-US').toFormat('cccc, LLLL')} ${day.day}${ordinalEnding(day.day)}`;
  const days = Math.round(day.diff(today, 'days').days);
  if (days === 0) return 'today';
  return days === 1 ? `tomorrow, ${name}` : name;
}

function ordinalEnding(day: number): string {
  if (day >= 11 && day <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}

const TEENS = [
  ...[
    'twelve',
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
    'thirteen',
  ],
  ...['fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty'];

/** "nine", "ten thirty", "nine oh five", "noon": words the recogniser's dictionary has. */
export function clockWords({ hour, minute }: ClockTime): string {
  if (hour === 12 && minute === 0) return 'noon';
  const hourWord = TEENS[hour % 12] as string;
  if (minute === 0) return hourWord;
  if (minute < 10) return `${hourWord} oh ${TEENS[minute]}`;
  if (minute < 20) return `${hourWord} ${TEENS[minute]}`;
  const unit = minute % 10 === 0 ? '' : ` ${TEENS[minute % 10]}`;
  return `${hourWord} ${TENS[Math.floor(minute / 10)]}${unit}`;
}

/** "ten thirty in the morning". */
export function sayClock(time: ClockTime): string {
  const words = clockWords(time);
  if (words === 'noon') return words;
  return `${words} in the ${time.hour < 12 ? 'morning' : time.hour < 18 ? 'afternoon' : 'evening'}`;
}

/** A date may lie this many months ahead. */
const MONTHS_AHEAD = 2;

export function monthsAhead(today: DateTime): string[] {
  return Array.from(
    { length: MONTHS_AHEAD + 1 },
    (_, ahead) => MONTHS[(today.month - 1 + ahead) % 12] as string,
  );
}
