import { DateTime } from 'luxon';
import type { PartOfDay, ServiceCalendar } from '../slot-calendar.ts';
import type { PlainBooking } from './plain-calendar.ts';

/** A calendar around one day, a time at which it is asked, and times that are wanted. */
export interface RandomCase {
  readonly calendar: Omit<ServiceCalendar, 'leave' | 'busy'>;
  /** Bookings and holds, some of which are cancelled or end between the first time and the last one. */
  readonly bookings: readonly PlainBooking[];
  readonly leave: readonly { readonly resourceId: string; readonly start: string; readonly end: string }[];
  readonly date: string;
  /** The times at which it is asked: the clock moves on. */
  readonly clockMs: readonly number[];
  readonly part: PartOfDay;
  readonly wantedMs: readonly number[];
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Among them offsets of quarter hours, and clocks that change at midnight, by half an hour, by two hours. */
const ZONES = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Havana',
  'America/New_York',
  'America/Nuuk',
  'America/Santiago',
  'America/St_Johns',
  'Antarctica/Troll',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Atlantic/Azores',
  'Australia/Adelaide',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Europe/Dublin',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'UTC',
];
export const DAYS = [...ZONES.flatMap(daysOf), ...skippedDate()];

/** Returns the case with this number, the same one each time. */
export function randomCase(number: number): RandomCase {
  const random = new Random(number);
  const [timeZone, date] = random.oneOf(DAYS);
  const midnightMs = Date.parse(`${date}T00:00:00Z`) - offsetMs(timeZone, date);
  const minuteMs = (from: number, to: number) => midnightMs + random.integer(from, to) * MINUTE_MS;
  const people = Array.from({ length: random.integer(1, 3) }, (_, index) => `p${index}`);
  const dayAfter = (days: number) => DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toISODate()!;
  const bookings = Array.from({ length: random.oneOf([0, 1, 3, 8]) }, () => {
    const startMs = minuteMs(-600, 2 * DAY_MINUTES);
    const endMs = startMs + random.oneOf([15, 30, 60, 95, 480]) * MINUTE_MS;
    const occupiedFromMs = startMs - random.oneOf([0, 0, 15, 47, 240]) * MINUTE_MS;
    const occupiedUntilMs = endMs + random.oneOf([0, 0, 10, 31, 240]) * MINUTE_MS;
    return { resourceId: random.oneOf(people), startMs, endMs, occupiedFromMs, occupiedUntilMs };
  });
  const made = madeCase(random, { timeZone, date, people, minuteMs, dayAfter });
  return { ...made, bookings: bookings.map((booking) => ({ ...booking, ...fateOf(random, made.clockMs) })) };
}

/** Returns whether a booking is a hold and when it ends, and when it is cancelled. */
function fateOf(random: Random, clockMs: readonly number[]) {
  const near = () => random.oneOf(clockMs) + random.integer(-3, 3) * 20_000;
  return {
    heldUntilMs: random.integer(0, 2) === 0 ? near() : null,
    cancelledAtMs: random.integer(0, 3) === 0 ? near() : null,
  };
}

/** Returns all of a case but its bookings. */
function madeCase(
  random: Random,
  {
    timeZone,
    date,
    people,
    minuteMs,
    dayAfter,
  }: {
    readonly timeZone: string;
    readonly date: string;
    readonly people: readonly string[];
    readonly minuteMs: (from: number, to: number) => number;
    readonly dayAfter: (days: number) => string;
  },
): Omit<RandomCase, 'bookings'> {
  const nowMs = (later: number) => later + random.oneOf([0, 0, 17_250]);
  return {
    calendar: {
      timeZone,
      horizonDays: random.oneOf([1, 2, 3, 60]),
      service: {
        id: 's',
        key: 'plumbing',
        name: 'Plumbing',
        durationMinutes: random.oneOf([5, 30, 45, 60, 90, 480, 1_440]),
        noticeMinutes: random.oneOf([0, 0, 1, 60, 1_500]),
        bufferBeforeMinutes: random.oneOf([0, 0, 10, 45, 240]),
        bufferAfterMinutes: random.oneOf([0, 0, 15, 37, 240]),
      },
      serviceKeys: ['plumbing'],
      resources: people.map((id) => ({ id, name: id, hours: hoursAround(random, date) })),
      closedDates: [-1, 0, 1, 2]
        .filter(() => random.integer(0, 11) === 0)
        .map((days) => ({ date: dayAfter(days), name: 'Holiday' })),
    },
    leave: Array.from({ length: random.oneOf([0, 0, 1, 2]) }, () => {
      const [start, end] = [0, 0].map(() => {
        const minute = random.integer(0, 95) * 15 + random.oneOf([0, 0, 7]);
        return `${dayAfter(random.integer(-1, 2))}T${clock(minute)}`;
      }) as [string, string];
      return {
        resourceId: random.oneOf(people),
        start: start < end ? start : end,
        end: start < end ? end : start,
      };
    }).filter(({ start, end }) => start < end),
    date,
    ...clockOf(nowMs(minuteMs(-4 * DAY_MINUTES, 2_000)), random),
    part: random.oneOf(['any', 'any', 'morning', 'afternoon'] as const),
    wantedMs: Array.from({ length: 6 }, () => minuteMs(-240, DAY_MINUTES + 240)),
  };
}

/** Returns three times of a clock that moves on by minutes. */
function clockOf(firstMs: number, random: Random): Pick<RandomCase, 'clockMs'> {
  const step = () => random.oneOf([20_000, 60_000, 300_000, 3_600_000]);
  const secondMs = firstMs + step();
  return { clockMs: [firstMs, secondMs, secondMs + step()] };
}

/** Returns hours of the day before a date, of the date itself, and of the two days after it. */
function hoursAround(random: Random, date: string) {
  const { weekday } = DateTime.fromISO(date, { zone: 'utc' });
  return [-1, 0, 1, 2].flatMap((days) => {
    const ofDay = { weekday: ((weekday + days + 6) % 7) + 1 };
    return random
      .oneOf([
        [],
        [[540, 1_020]],
        [[0, DAY_MINUTES]],
        [[0, DAY_MINUTES]],
        [
          [0, 240],
          [1_200, DAY_MINUTES],
        ],
        [
          [495, 720],
          [720, 840],
        ],
        [[random.integer(0, 150), random.integer(151, 400)]],
        [[random.integer(0, 1_300), DAY_MINUTES]],
        [
          [random.integer(0, 300), random.integer(301, 700)],
          [random.integer(600, 900), random.integer(901, DAY_MINUTES)],
        ],
      ])
      .map(([opensMinute, closesMinute]) => ({
        ...ofDay,
        opensMinute: opensMinute!,
        closesMinute: closesMinute!,
      }));
  });
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const offsetMs = (timeZone: string, date: string): number =>
  DateTime.fromISO(`${date}T00:00:00Z`, { zone: timeZone }).offset * MINUTE_MS;

/** Returns the days of 2027 on which the clocks of a zone change, the days beside them, and two others. */
function daysOf(timeZone: string): [string, string][] {
  const days = Array.from({ length: 365 }, (_, index) => DateTime.utc(2027, 1, 1).plus({ days: index }));
  const changes = days.filter(
    (day) => day.setZone(timeZone).offset !== day.plus({ days: 1 }).setZone(timeZone).offset,
  );
  const near = changes.flatMap((day) => [-1, 0, 1].map((days) => day.plus({ days }).toISODate()!));
  return [...new Set([...near, '2027-01-20', '2027-07-07'])].map((date) => [timeZone, date]);
}

/** Returns the days around the one that Samoa skipped. */
function skippedDate(): [string, string][] {
  return ['2011-12-29', '2011-12-30', '2011-12-31'].map((date) => ['Pacific/Apia', date]);
}

/** Numbers that depend on a seed alone (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed + 1, 0x9e37_79b1);
  }

  integer(from: number, to: number): number {
    this.state = (this.state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return from + Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * (to - from + 1));
  }

  oneOf<Item>(items: readonly Item[]): Item {
    return items[this.integer(0, items.length - 1)]!;
  }
}
