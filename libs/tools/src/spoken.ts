import { DateTime } from 'luxon';

/** Returns a time as people say it, by the clock its offset belongs to: "Tuesday, November 24 at 9:30 AM". */
export function spokenTime(iso: string, language: string): string {
  const spoken = say(DateTime.fromISO(iso, { setZone: true }), language, {
    ...DAY,
    hour: 'numeric',
    minute: '2-digit',
  });
  return spoken.replace(/:00(?= [ap]\.?m)/i, '');
}

/** Returns a day as people say it: "Tuesday, November 24". */
export function spokenDay(date: string, language: string): string {
  return say(DateTime.fromISO(date), language, DAY);
}

/** Returns a code one character at a time, in the groups it was given in: "S W 1 A, 1 A A". */
export function spokenCode(code: string): string {
  const groups = code.toUpperCase().split(/[^\p{L}\p{N}]+/u);
  return groups
    .filter((group) => group !== '')
    .map((group) => [...group].join(' '))
    .join(', ');
}

/** Returns today's date at the business, as YYYY-MM-DD. */
export function localToday(timeZone: string, nowMs: number): string {
  return DateTime.fromMillis(nowMs, { zone: timeZone }).toISODate() ?? '';
}

const DAY: Intl.DateTimeFormatOptions = { weekday: 'long', month: 'long', day: 'numeric' };

/** Intl puts narrow no-break spaces before AM and PM, which voices stumble over. */
function say(at: DateTime, language: string, format: Intl.DateTimeFormatOptions): string {
  return at.setLocale(localeOf(language)).toLocaleString(format).replace(/\s/g, ' ');
}

/** Returns the language if Intl knows it, else English: an invalid tag must not fail a booking. */
function localeOf(language: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language)[0] ?? 'en-US';
  } catch {
    return 'en-US';
  }
}
