import { DateTime, IANAZone } from 'luxon';
import type { PartOfDay, ServiceCalendar, SlotCheck } from '../slot-calendar.ts';

/*
 * Free appointments worked out a second time, as plainly as the rules can be said: minute by minute over the
 * instants around a day, by what a clock on the wall shows. It shares no code with slot-calendar, and the two
 * are compared (plain-calendar.spec.ts).
 */

const MINUTE_MS = 60_000;
/** The minutes that are looked at, from the day's midnight in UTC on. */
const FIRST_MINUTE = -40 * 60;
const LAST_MINUTE = 120 * 60;
/** No zone changes its clocks but at a quarter of an hour of UTC. */
const CHANGE_EVERY = 15;

/** A minute and what a clock on the wall shows in it. */
interface Minute {
  readonly ms: number;
  readonly date: string;
  readonly weekday: number;
  readonly ofDay: number;
  /** YYYY-MM-DDTHH:MM. */
  readonly text: string;
}

/** The minutes around a day, and the places of those of each date. */
interface Minutes {
  readonly all: readonly Minute[];
  readonly ofDates: ReadonlyMap<string, readonly number[]>;
}

/** A resource and its minutes: those in which it works, and those in which it is occupied. */
interface PlainPerson {
  readonly id: string;
  readonly works: Uint8Array;
}

/** A booking or a hold from when it is made: it may be cancelled, and a hold ends. */
export type PlainBooking = ServiceCalendar['busy'][number] & { readonly cancelledAtMs: number | null };

export interface PlainSlot {
  readonly startMs: number;
  readonly endMs: number;
  readonly resourceId: string;
}

/** The minutes around one local day, and what is free on it. */
export class PlainCalendar {
  private readonly minutes: readonly Minute[];
  private readonly ofDates: Minutes['ofDates'];
  private readonly people: readonly PlainPerson[];
  private readonly occupied = new Map<string, Uint8Array>();

  constructor(
    private readonly calendar: ServiceCalendar,
    private readonly date: string,
    private readonly bookings: readonly PlainBooking[],
  ) {
    const { all, ofDates } = minutesAround(calendar.timeZone, date);
    this.minutes = all;
    this.ofDates = ofDates;
    this.people = calendar.resources.map(({ id }) => ({
      id,
      works: this.worksOf(id),
    }));
  }

  slots(nowMs: number, part: PartOfDay): PlainSlot[] {
    const starts = new Set(this.calendar.resources.flatMap(({ id }) => this.startsOf(id)));
    const { durationMinutes, noticeMinutes } = this.calendar.service;
    return [...starts]
      .sort((a, b) => a - b)
      .flatMap((index) => {
        const { ms, ofDay } = this.minutes[index]!;
        if (ms <= nowMs || ms < nowMs + noticeMinutes * MINUTE_MS) return [];
        if (part !== 'any' && (part === 'morning') !== ofDay < 720) return [];
        const [resourceId] = this.freeAt(index, this.date, nowMs);
        return resourceId === undefined
          ? []
          : [{ startMs: ms, endMs: ms + durationMinutes * MINUTE_MS, resourceId }];
      });
  }

  /** Returns the ids of the resources that are free then, the one to take first. */
  free(startMs: number, nowMs: number): string[] {
    const index = this.indexOf(startMs);
    return this.freeAt(index, this.minutes[index]!.date, nowMs);
  }

  check(startMs: number, nowMs: number): SlotCheck {
    const { horizonDays, service, timeZone } = this.calendar;
    if (startMs <= nowMs) return 'in-the-past';
    if (startMs < nowMs + service.noticeMinutes * MINUTE_MS) return 'too-soon';
    const index = this.indexOf(startMs);
    const today = DateTime.fromMillis(nowMs, { zone: timeZone }).toISODate()!;
    const last = DateTime.fromISO(today, { zone: 'utc' }).plus({ days: horizonDays }).toISODate()!;
    if (this.minutes[index]!.date > last) return 'too-far-ahead';
    return this.people.some((person) => this.worksThrough(person, index)) ? 'bookable' : 'outside-hours';
  }

  private freeAt(index: number, date: string, nowMs: number): string[] {
    const { bufferBeforeMinutes, bufferAfterMinutes, durationMinutes } = this.calendar.service;
    const from = index - bufferBeforeMinutes;
    const until = index + durationMinutes + bufferAfterMinutes;
    return this.people
      .filter((person) => {
        if (!this.worksThrough(person, index)) return false;
        const isOccupied = this.occupiedOf(person.id, nowMs);
        for (let minute = from; minute < until; minute++) if (isOccupied[minute]) return false;
        return true;
      })
      .map(({ id }) => ({ id, load: this.loadOf(id, date, nowMs) }))
      .sort((a, b) => a.load - b.load || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id);
  }

  private worksThrough({ works }: PlainPerson, index: number): boolean {
    for (let minute = index; minute < index + this.calendar.service.durationMinutes; minute++)
      if (!works[minute]) return false;
    return true;
  }

  /** Returns the number of appointments with a minute on the date. */
  private loadOf(id: string, date: string, nowMs: number): number {
    const ofDate = this.ofDates.get(date) ?? [];
    return this.standing(nowMs).filter(
      ({ resourceId, startMs, endMs }) =>
        resourceId === id &&
        ofDate.some((index) => startMs <= this.minutes[index]!.ms && this.minutes[index]!.ms < endMs),
    ).length;
  }

  /** Returns every thirtieth minute of each window of the day, in which an appointment could start. */
  private startsOf(id: string): number[] {
    const person = this.people.find((other) => other.id === id)!;
    return this.windowsOf(id, this.date).flatMap((window) =>
      window.filter((index, place) => place % 30 === 0 && this.worksThrough(person, index)),
    );
  }

  private worksOf(id: string): Uint8Array {
    const works = new Uint8Array(this.minutes.length);
    for (const date of this.ofDates.keys())
      for (const window of this.windowsOf(id, date)) for (const index of window) works[index] = 1;
    for (const { resourceId, startMs, endMs } of this.calendar.leave)
      if (resourceId === id) works.fill(0, ...this.placesOf(startMs, endMs));
    return works;
  }

  /** Returns the minutes in which a resource is occupied, as it stands at a time of the clock. */
  private occupiedOf(id: string, nowMs: number): Uint8Array {
    const known = this.occupied.get(`${id} ${nowMs}`);
    if (known) return known;
    const isOccupied = new Uint8Array(this.minutes.length);
    for (const { resourceId, occupiedFromMs, occupiedUntilMs } of this.standing(nowMs))
      if (resourceId === id) isOccupied.fill(1, ...this.placesOf(occupiedFromMs, occupiedUntilMs));
    this.occupied.set(`${id} ${nowMs}`, isOccupied);
    return isOccupied;
  }

  /** Returns the bookings that are not cancelled yet, and the holds that have not ended. */
  private standing(nowMs: number): PlainBooking[] {
    const standing: PlainBooking[] = [];
    for (const booking of this.bookings) {
      const { cancelledAtMs, heldUntilMs } = booking;
      const isCancelled = cancelledAtMs !== null && nowMs >= cancelledAtMs;
      const hasEnded = typeof heldUntilMs === 'number' && nowMs >= heldUntilMs;
      if (!isCancelled && !hasEnded) standing.push(booking);
    }
    return standing;
  }

  private placesOf(startMs: number, endMs: number): [from: number, until: number] {
    return [Math.max(0, this.indexOf(startMs)), Math.max(0, this.indexOf(endMs))];
  }

  /**
   * Returns the minutes of each window of a date: from the first one in which the clock shows the time it
   * opens, or a later one, to the one before the clock first shows the time it closes, or a later one.
   */
  private windowsOf(id: string, date: string): number[][] {
    const { closedDates, resources } = this.calendar;
    if (closedDates.some((closed) => closed.date === date)) return [];
    const ofDate = this.ofDates.get(date) ?? [];
    const weekday = this.minutes[ofDate[0] ?? -1]?.weekday;
    return resources
      .find((resource) => resource.id === id)!
      .hours.filter((hours) => hours.weekday === weekday)
      .map(({ opensMinute, closesMinute }) => {
        const shows = (atLeast: number) => ofDate.findIndex((index) => this.minutes[index]!.ofDay >= atLeast);
        const [opens, closes] = [shows(opensMinute), shows(closesMinute)];
        return opens < 0 ? [] : ofDate.slice(opens, closes < 0 ? undefined : closes);
      });
  }

  private indexOf(ms: number): number {
    return (ms - this.minutes[0]!.ms) / MINUTE_MS;
  }
}

/**
 * Returns the instants of leave between two local times: from the first minute that shows `start`, or a later
 * time, to the last one that shows `end`, or the first later one where the clocks skip it.
 */
export function plainLeave(
  timeZone: string,
  date: string,
  { start, end }: { readonly start: string; readonly end: string },
): { startMs: number; endMs: number } {
  const { all: minutes } = minutesAround(timeZone, date);
  return {
    startMs: minutes.find(({ text }) => text >= start)!.ms,
    endMs: (minutes.findLast(({ text }) => text === end) ?? minutes.find(({ text }) => text > end)!).ms,
  };
}

const made = new Map<string, Minutes>();

function minutesAround(timeZone: string, date: string): Minutes {
  const name = `${timeZone} ${date}`;
  const found = made.get(name);
  if (found) return found;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const zone = IANAZone.create(timeZone);
  let offset = 0;
  const all = Array.from({ length: LAST_MINUTE - FIRST_MINUTE }, (_, index): Minute => {
    const ms = midnight + (FIRST_MINUTE + index) * MINUTE_MS;
    if (index % CHANGE_EVERY === 0) offset = zone.offset(ms);
    const shown = new Date(ms + offset * MINUTE_MS);
    const text = shown.toISOString().slice(0, 16);
    return {
      ms,
      date: text.slice(0, 10),
      weekday: shown.getUTCDay() || 7,
      ofDay: shown.getUTCHours() * 60 + shown.getUTCMinutes(),
      text,
    };
  });
  const ofDates = Map.groupBy(all.keys(), (index) => all[index]!.date);
  const minutes = { all, ofDates };
  made.set(name, minutes);
  return minutes;
}
