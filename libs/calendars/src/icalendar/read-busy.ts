import { DateTime, Duration } from 'luxon';
import type { BusyTime } from '../ports/calendar-provider.ts';
import { readLines, type ContentLine } from './content-lines.ts';
import { bookingOfUid } from './write-calendar.ts';

/** The busy times of a calendar object. */
export interface ReadObject {
  readonly busy: readonly BusyTime[];
  /** An event repeats by a rule that was not worked out: its times are not among them. */
  readonly isUnexpanded: boolean;
}

const DATE = /^\d{8}$/;
/** The beginning of a duration; RFC 5545 allows a sign. */
const DURATION = /^\+?P/;
const DATE_TIME = /^(\d{8})T(\d{6})(Z?)$/;
const REPEATS = ['RRULE', 'RDATE'];

/**
 * Reads the busy times of events.
 * @param zone that of whole days and of times without a time zone, IANA name
 */
export function readBusy(text: string, zone: string): ReadObject {
  const busy: BusyTime[] = [];
  let isUnexpanded = false;
  for (const event of componentsOf(text, 'VEVENT')) {
    if (isFree(event)) continue;
    const isInstance = event.some(({ name }) => name === 'RECURRENCE-ID');
    if (!isInstance && event.some(({ name }) => REPEATS.includes(name))) isUnexpanded = true;
    else busy.push(...timeOf(event, zone));
  }
  return { busy, isUnexpanded };
}

/** Reads the times of a free-busy answer that are not free. */
export function readFreeBusy(text: string): BusyTime[] {
  return componentsOf(text, 'VFREEBUSY').flatMap((component) =>
    component
      .filter(({ name, parameters }) => name === 'FREEBUSY' && parameters['FBTYPE'] !== 'FREE')
      .flatMap(({ value }) => value.split(','))
      .flatMap((period) => {
        const [start = '', end = ''] = period.split('/');
        const startMs = instantOf(start, 'utc');
        if (startMs === null) return [];
        const endMs = DURATION.test(end)
          ? startMs + lengthMs(DateTime.fromMillis(startMs, { zone: 'utc' }), end)
          : instantOf(end, 'utc');
        return endMs !== null && endMs > startMs ? [{ startMs, endMs, bookingId: null }] : [];
      }),
  );
}

/** Returns the lines of each component of this name, without those of components in it. */
function componentsOf(text: string, name: string): ContentLine[][] {
  const found: ContentLine[][] = [];
  const open: string[] = [];
  for (const line of readLines(text)) {
    if (line.name === 'BEGIN') {
      open.push(line.value.toUpperCase());
      if (open.at(-1) === name) found.push([]);
    } else if (line.name === 'END') open.pop();
    else if (open.at(-1) === name) found.at(-1)?.push(line);
  }
  return found;
}

const valueOf = (event: readonly ContentLine[], name: string): ContentLine | undefined =>
  event.find((line) => line.name === name);

const isFree = (event: readonly ContentLine[]): boolean =>
  valueOf(event, 'STATUS')?.value.toUpperCase() === 'CANCELLED' ||
  valueOf(event, 'TRANSP')?.value.toUpperCase() === 'TRANSPARENT';

/** Returns the time of an event; none when it has no length. */
function timeOf(event: readonly ContentLine[], zone: string): BusyTime[] {
  const start = valueOf(event, 'DTSTART');
  const startMs = start ? instantOf(start.value, zoneOf(start, zone)) : null;
  if (!start || startMs === null) return [];
  const endMs = endOf(event, start, startMs, zone);
  if (endMs === null || endMs <= startMs) return [];
  return [{ startMs, endMs, bookingId: bookingOfUid(valueOf(event, 'UID')?.value ?? '') }];
}

function endOf(
  event: readonly ContentLine[],
  start: ContentLine,
  startMs: number,
  zone: string,
): number | null {
  const end = valueOf(event, 'DTEND');
  if (end) return instantOf(end.value, zoneOf(end, zone));
  const duration = valueOf(event, 'DURATION');
  const ofStart = DateTime.fromMillis(startMs, { zone: zoneOf(start, zone) });
  if (duration) return startMs + lengthMs(ofStart, duration.value);
  return DATE.test(start.value) ? ofStart.plus({ days: 1 }).toMillis() : null;
}

/** Returns the zone of a time: its own where it is a known one. */
function zoneOf({ parameters }: ContentLine, zone: string): string {
  const own = parameters['TZID'];
  return own !== undefined && DateTime.local({ zone: own }).isValid ? own : zone;
}

function instantOf(value: string, zone: string): number | null {
  const found = DATE_TIME.exec(value);
  if (!found && !DATE.test(value)) return null;
  const at = found
    ? DateTime.fromFormat(`${found[1]}${found[2]}`, 'yyyyMMddHHmmss', { zone: found[3] ? 'utc' : zone })
    : DateTime.fromFormat(value, 'yyyyMMdd', { zone });
  return at.isValid ? at.toMillis() : null;
}

/** Returns the length of a duration from a time on, in ms; 0 for text that is none. */
function lengthMs(from: DateTime, text: string): number {
  const duration = Duration.fromISO(text.replace(/^\+/, ''));
  return duration.isValid ? from.plus(duration).toMillis() - from.toMillis() : 0;
}
