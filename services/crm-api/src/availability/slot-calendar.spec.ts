import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import {
  bookableDates,
  freeResources,
  checkSlot,
  nearestSlots,
  slotsOfDay,
  type ServiceCalendar,
} from './slot-calendar.ts';

const ALL_WEEK = [1, 2, 3, 4, 5, 6, 7];

/** An appointment without buffers. */
type Booked = Pick<ServiceCalendar['busy'][number], 'resourceId' | 'startMs' | 'endMs'>;

interface Change {
  timeZone?: string;
  minutes?: number;
  people?: { id: string; opens: number; closes: number; weekdays?: number[] }[];
  busy?: readonly Booked[];
  closedDates?: ServiceCalendar['closedDates'];
  horizonDays?: number;
  noticeMinutes?: number;
}

function calendar({
  timeZone = 'America/New_York',
  minutes = 60,
  people = [{ id: 'a', opens: 540, closes: 1020 }],
  busy = [],
  closedDates = [],
  horizonDays = 60,
  noticeMinutes = 0,
}: Change = {}): ServiceCalendar {
  return {
    timeZone,
    horizonDays,
    service: {
      id: 's',
      key: 'plumbing',
      name: 'Plumbing',
      durationMinutes: minutes,
      noticeMinutes,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 0,
    },
    serviceKeys: ['plumbing'],
    resources: people.map(({ id, opens, closes, weekdays = ALL_WEEK }) => ({
      id,
      name: id,
      hours: weekdays.map((weekday) => ({ weekday, opensMinute: opens, closesMinute: closes })),
    })),
    closedDates,
    busy: busy.map((booked) => ({
      ...booked,
      occupiedFromMs: booked.startMs,
      occupiedUntilMs: booked.endMs,
    })),
    leave: [],
  };
}

const at = (iso: string) => Date.parse(iso);
const LONG_AGO = at('2020-01-01T00:00:00Z');
const local = (ms: number, zone: string) => DateTime.fromMillis(ms, { zone });
const times = (of: ServiceCalendar, date: string, nowMs = LONG_AGO, part?: 'morning' | 'afternoon') =>
  slotsOfDay(of, date, nowMs, part).map((slot) => local(slot.startMs, of.timeZone).toFormat('HH:mm'));

describe('free appointments', () => {
  it('fill the working hours in half-hour steps and end by closing', () => {
    expect(times(calendar({ people: [{ id: 'a', opens: 540, closes: 690 }] }), '2027-03-01')).toEqual([
      '09:00',
      '09:30',
      '10:00',
      '10:30',
    ]);
  });

  it('do not overlap bookings, but may touch them', () => {
    const busy = [
      { resourceId: 'a', startMs: at('2027-03-01T10:00:00-05:00'), endMs: at('2027-03-01T11:00:00-05:00') },
    ];
    expect(times(calendar({ busy, people: [{ id: 'a', opens: 540, closes: 780 }] }), '2027-03-01')).toEqual([
      '09:00',
      '11:00',
      '11:30',
      '12:00',
    ]);
  });

  it('lie in the future', () => {
    expect(
      times(
        calendar({ people: [{ id: 'a', opens: 540, closes: 720 }] }),
        '2027-03-01',
        at('2027-03-01T10:00:00-05:00'),
      ),
    ).toEqual(['10:30', '11:00']);
  });

  it('are in the morning before noon and in the afternoon from noon on', () => {
    const day = calendar({ people: [{ id: 'a', opens: 660, closes: 840 }] });
    expect(times(day, '2027-03-01', LONG_AGO, 'morning')).toEqual(['11:00', '11:30']);
    expect(times(day, '2027-03-01', LONG_AGO, 'afternoon')).toEqual(['12:00', '12:30', '13:00']);
  });

  it('do not exist on a closed date or a weekday without hours', () => {
    expect(
      times(calendar({ closedDates: [{ date: '2027-03-01', name: 'Inventory' }] }), '2027-03-01'),
    ).toEqual([]);
    expect(
      times(calendar({ people: [{ id: 'a', opens: 540, closes: 1020, weekdays: [2] }] }), '2027-03-01'),
    ).toEqual([]);
  });

  it('name the person least booked that day, and the same one each time', () => {
    const people = ['c', 'a', 'b'].map((id) => ({ id, opens: 540, closes: 1020 }));
    const busy = [
      { resourceId: 'a', startMs: at('2027-03-01T09:00:00-05:00'), endMs: at('2027-03-01T10:00:00-05:00') },
      { resourceId: 'b', startMs: at('2027-02-28T09:00:00-05:00'), endMs: at('2027-02-28T10:00:00-05:00') },
    ];
    expect(
      freeResources(calendar({ people, busy }), at('2027-03-01T12:00:00-05:00'), LONG_AGO).map(
        (person) => person.id,
      ),
    ).toEqual(['b', 'c', 'a']);
    expect(
      freeResources(calendar({ people, busy }), at('2027-03-01T09:30:00-05:00'), LONG_AGO).map(
        (person) => person.id,
      ),
    ).toEqual(['b', 'c']);
  });

  it('skip the hour that does not exist when clocks go forward', () => {
    const night = calendar({ people: [{ id: 'a', opens: 0, closes: 300 }] });
    expect(times(night, '2027-03-14')).toEqual([
      '00:00',
      '00:30',
      '01:00',
      '01:30',
      '03:00',
      '03:30',
      '04:00',
    ]);
  });

  it('offer the hour that comes twice both times when clocks go back', () => {
    const night = calendar({ people: [{ id: 'a', opens: 0, closes: 240 }] });
    expect(times(night, '2027-11-07')).toEqual([
      '00:00',
      '00:30',
      '01:00',
      '01:30',
      '01:00',
      '01:30',
      '02:00',
      '02:30',
      '03:00',
    ]);
  });

  it('are valid for any zone, day, hours and bookings', () => {
    // Days on which clocks change (also at midnight, by half an hour, and by skipping a date) and some on
    // which not.
    const day = fc.constantFrom(
      ['America/New_York', '2027-03-14'],
      ['America/New_York', '2027-11-07'],
      ['Europe/Berlin', '2027-03-28'],
      ['Europe/Berlin', '2027-10-31'],
      ['America/Santiago', '2027-09-05'],
      ['America/Santiago', '2027-04-03'],
      ['Australia/Lord_Howe', '2027-04-04'],
      ['Australia/Lord_Howe', '2027-10-03'],
      ['Asia/Kolkata', '2027-06-01'],
      ['Pacific/Chatham', '2027-04-04'],
      ['Pacific/Kiritimati', '2027-01-01'],
      ['UTC', '2028-02-29'],
    );
    const hours = fc
      .tuple(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 1, max: 96 }))
      .filter(([opens, closes]) => opens < closes);
    const booking = fc.record({
      person: fc.nat(2),
      start: fc.integer({ min: -20, max: 110 }),
      length: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(
        day,
        fc.array(hours, { minLength: 1, maxLength: 3 }),
        fc.array(booking, { maxLength: 10 }),
        fc.constantFrom(15, 45, 60, 90, 480),
        fc.integer({ min: -10, max: 110 }),
        ([timeZone, date], people, bookings, minutes, now) => {
          const midnightMs = DateTime.fromISO(date, { zone: timeZone }).toMillis();
          const repeatedMinutes = Math.max(
            0,
            (DateTime.fromISO(date, { zone: timeZone }).plus({ days: 1 }).startOf('day').toMillis() -
              midnightMs) /
              60_000 -
              1440,
          );
          const busy = bookings.map(({ person, start, length }) => ({
            resourceId: `p${person}`,
            startMs: midnightMs + start * 900_000,
            endMs: midnightMs + (start + length) * 900_000,
          }));
          const of = calendar({
            timeZone: timeZone,
            minutes,
            busy,
            people: people.map(([opens, closes], index) => ({
              id: `p${index}`,
              opens: opens * 15,
              closes: closes * 15,
            })),
          });
          const nowMs = midnightMs + now * 900_000;
          const slots = slotsOfDay(of, date, nowMs);
          slots.forEach((slot, index) => {
            const start = local(slot.startMs, timeZone);
            const person = people[Number(slot.resource.id.slice(1))]!;
            expect(start.toISODate()).toBe(date);
            expect(slot.endMs - slot.startMs).toBe(minutes * 60_000);
            expect(slot.startMs).toBeGreaterThan(Math.max(nowMs, slots[index - 1]?.startMs ?? 0));
            // A resource that starts before the clocks go back works through the repeated hour.
            expect(start.hour * 60 + start.minute).toBeGreaterThanOrEqual(person[0] * 15 - repeatedMinutes);
            const last = local(slot.endMs - 1, timeZone);
            expect(last.toISODate()).toBe(date);
            expect(last.hour * 60 + last.minute).toBeLessThan(person[1] * 15);
            expect(
              busy.filter(
                (period) =>
                  period.resourceId === slot.resource.id &&
                  period.startMs < slot.endMs &&
                  slot.startMs < period.endMs,
              ),
            ).toEqual([]);
            expect(checkSlot(of, slot.startMs, nowMs)).toBe('bookable');
            expect(freeResources(of, slot.startMs, nowMs)[0]?.id).toBe(slot.resource.id);
          });
        },
      ),
      { numRuns: 600, seed: 20_270_314 },
    );
  });
});

describe('a wanted time', () => {
  const nowMs = at('2027-03-01T12:00:00-05:00');

  it('is checked against the clock, the horizon and the working hours', () => {
    const of = calendar({ horizonDays: 10 });
    expect(checkSlot(of, nowMs, nowMs)).toBe('in-the-past');
    expect(checkSlot(of, at('2027-03-01T12:01:00-05:00'), nowMs)).toBe('bookable');
    expect(checkSlot(of, at('2027-03-11T16:00:00-05:00'), nowMs)).toBe('bookable');
    expect(checkSlot(of, at('2027-03-12T09:00:00-05:00'), nowMs)).toBe('too-far-ahead');
    expect(checkSlot(of, at('2027-03-02T08:59:00-05:00'), nowMs)).toBe('outside-hours');
    expect(checkSlot(of, at('2027-03-02T16:01:00-05:00'), nowMs)).toBe('outside-hours');
  });

  it('has alternatives: the closest of its day, then those at about that time of the days after', () => {
    const wanted = at('2027-03-02T15:00:00-05:00');
    const busy = [
      { resourceId: 'a', startMs: at('2027-03-02T09:00:00-05:00'), endMs: at('2027-03-02T16:00:00-05:00') },
    ];
    const found = nearestSlots(calendar({ busy }), wanted, nowMs, { days: 3, count: 3 });
    expect(found.map((slot) => local(slot.startMs, 'America/New_York').toFormat('dd HH:mm'))).toEqual([
      '02 16:00',
      '03 14:30',
      '03 15:00',
    ]);
  });

  it('has no alternatives beyond the horizon', () => {
    expect(bookableDates(calendar({ horizonDays: 1 }), nowMs, nowMs, 5)).toEqual([
      '2027-03-01',
      '2027-03-02',
    ]);
    expect(
      nearestSlots(calendar({ horizonDays: 1 }), at('2027-03-09T09:00:00-05:00'), nowMs, {
        days: 5,
        count: 3,
      }),
    ).toEqual([]);
  });
});

describe('working hours that touch', () => {
  const FRIDAY = '2027-03-05';
  const SATURDAY = '2027-03-06';
  /** One resource with these hours on each weekday. */
  const working = (change: Change, ...hours: ServiceCalendar['resources'][number]['hours']) => ({
    ...calendar(change),
    resources: [{ id: 'a', name: 'a', hours }],
  });
  const hours = (weekday: number, opens: number, closes: number) => ({
    weekday,
    opensMinute: opens * 60,
    closesMinute: closes * 60,
  });
  const night = (change: Change = {}) => working(change, hours(5, 20, 24), hours(6, 0, 4));
  const lateStart = at('2027-03-05T23:30:00-05:00');
  const judged = (of: ServiceCalendar, startMs: number) => [
    checkSlot(of, startMs, LONG_AGO + 7 * 365 * 86_400_000),
    freeResources(of, startMs, LONG_AGO).length,
  ];
  const open = (change: Change = {}) => night({ ...change, horizonDays: 366 });

  it('at midnight are one stretch: an appointment begins on the one day and ends on the other', () => {
    expect(times(night(), FRIDAY).slice(-3)).toEqual(['22:30', '23:00', '23:30']);
    expect(times(night(), SATURDAY)).toEqual(['00:00', '00:30', '01:00', '01:30', '02:00', '02:30', '03:00']);
    expect(judged(open(), lateStart)).toEqual(['bookable', 1]);
  });

  it('do not touch when the second day is closed', () => {
    const closedDates = [{ date: SATURDAY, name: 'Holiday' }];
    expect(times(night({ closedDates }), FRIDAY).at(-1)).toBe('23:00');
    expect(judged(open({ closedDates }), lateStart)).toEqual(['outside-hours', 0]);
  });

  it('leave the second day open when the first one is closed', () => {
    const closedDates = [{ date: FRIDAY, name: 'Holiday' }];
    expect(times(night({ closedDates }), FRIDAY)).toEqual([]);
    expect(times(night({ closedDates }), SATURDAY)[0]).toBe('00:00');
  });

  it('do not overlap bookings after midnight', () => {
    const busy = [
      { resourceId: 'a', startMs: at('2027-03-06T00:00:00-05:00'), endMs: at('2027-03-06T01:00:00-05:00') },
    ];
    expect(times(night({ busy }), FRIDAY).at(-1)).toBe('23:00');
  });

  it('at noon are one stretch too, and each still begins its own steps', () => {
    const of = working({}, { weekday: 5, opensMinute: 495, closesMinute: 720 }, hours(5, 12, 14));
    expect(times(of, FRIDAY).slice(-5)).toEqual(['11:15', '11:45', '12:00', '12:30', '13:00']);
  });

  it('continue from day to day for a service of a whole day', () => {
    const of = working(
      { minutes: 1440, horizonDays: 366 },
      hours(5, 12, 24),
      hours(6, 0, 24),
      hours(7, 0, 8),
    );
    expect(times(of, FRIDAY).at(-1)).toBe('23:30');
    expect(times(of, SATURDAY).at(-1)).toBe('08:00');
  });

  it('of two resources are not joined', () => {
    const of = {
      ...calendar(),
      resources: [
        { id: 'a', name: 'a', hours: [hours(5, 20, 24)] },
        { id: 'b', name: 'b', hours: [hours(6, 0, 4)] },
      ],
    };
    expect(times(of, FRIDAY).at(-1)).toBe('23:00');
  });
});

describe('notice', () => {
  const nowMs = at('2027-03-01T09:10:00-05:00');
  const of = (noticeMinutes: number) => calendar({ noticeMinutes });

  it('is 0 unless set: the next minute may be booked', () => {
    expect(checkSlot(of(0), at('2027-03-01T09:11:00-05:00'), nowMs)).toBe('bookable');
    expect(times(of(0), '2027-03-01', nowMs)[0]).toBe('09:30');
  });

  it('applies to offers, checks and alternatives', () => {
    expect(times(of(120), '2027-03-01', nowMs)[0]).toBe('11:30');
    expect(checkSlot(of(120), at('2027-03-01T11:09:00-05:00'), nowMs)).toBe('too-soon');
    expect(checkSlot(of(120), at('2027-03-01T11:10:00-05:00'), nowMs)).toBe('bookable');
    expect(checkSlot(of(120), at('2027-03-01T09:00:00-05:00'), nowMs)).toBe('in-the-past');
    expect(
      nearestSlots(of(120), at('2027-03-01T09:30:00-05:00'), nowMs, { days: 8, count: 1 }).map(
        ({ startMs }) => startMs,
      ),
    ).toEqual([at('2027-03-01T11:30:00-05:00')]);
  });

  it('of days leads to alternatives after it', () => {
    const [first] = nearestSlots(of(10 * 1440), at('2027-03-01T10:00:00-05:00'), nowMs, {
      days: 8,
      count: 3,
    });
    expect(first?.startMs).toBe(at('2027-03-11T09:30:00-05:00'));
  });
});
