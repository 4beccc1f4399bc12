import { describe, expect, it } from '@jest/globals';
import { instantsOf } from './local-day.ts';
import { checkSlot, freeResources, slotsOfDay, type ServiceCalendar } from './slot-calendar.ts';
import { PlainCalendar, plainLeave, type PlainBooking } from './test/plain-calendar.ts';
import { randomCase, type RandomCase } from './test/random-case.ts';

/** Cases compared; set TANDEM_AVAILABILITY_CASES to compare more, and …_FIRST to begin with a later one. */
const CASES = Number(process.env['TANDEM_AVAILABILITY_CASES'] ?? 1_500);
const FIRST = Number(process.env['TANDEM_AVAILABILITY_FIRST'] ?? 0);
const ENDS_AFTER_MS = 60_000 + CASES * 40;

const times = <Leave extends { startMs: number; endMs: number }>(leave: readonly Leave[]) =>
  leave.map(({ startMs, endMs }) => [startMs, endMs]);

/** Returns the calendar as the database has it at a time: a hold stays until it is marked. */
function stored(
  calendar: ServiceCalendar,
  bookings: readonly PlainBooking[],
  nowMs: number,
): ServiceCalendar {
  const busy = bookings.filter(({ cancelledAtMs }) => cancelledAtMs === null || cancelledAtMs > nowMs);
  return { ...calendar, busy };
}

/** Returns what both say about a case. */
function compare({ calendar: without, bookings, leave, date, clockMs, part, wantedMs }: RandomCase) {
  const { timeZone } = without;
  const instants = leave.map((local) => ({ ...local, ...instantsOf(local, timeZone) }));
  const calendar: ServiceCalendar = {
    ...without,
    leave: instants.filter(({ startMs, endMs }) => startMs < endMs),
    busy: [],
  };
  const plain = new PlainCalendar(calendar, date, bookings);
  const product = {
    leave: times(instants),
    slots: clockMs.map((nowMs) =>
      slotsOfDay(stored(calendar, bookings, nowMs), date, nowMs, part).map(
        ({ startMs, endMs, resource }) => ({
          startMs,
          endMs,
          resourceId: resource.id,
        }),
      ),
    ),
    checks: wantedMs.map((ms) => checkSlot(calendar, ms, clockMs[0]!)),
    free: clockMs.map((nowMs) =>
      wantedMs.map((ms) => freeResources(stored(calendar, bookings, nowMs), ms, nowMs).map(({ id }) => id)),
    ),
  };
  const reference: typeof product = {
    leave: times(leave.map((local) => plainLeave(timeZone, date, local))),
    slots: clockMs.map((nowMs) => plain.slots(nowMs, part)),
    checks: wantedMs.map((ms) => plain.check(ms, clockMs[0]!)),
    free: clockMs.map((nowMs) => wantedMs.map((ms) => plain.free(ms, nowMs))),
  };
  return { product, reference };
}

describe('free appointments, worked out twice', () => {
  it(
    `agree in ${CASES} cases, with holds that end, cancellations and clocks that change`,
    () => {
      const seen = { slots: 0, free: 0, refused: 0 };
      for (let number = FIRST; number < FIRST + CASES; number++) {
        const { product, reference } = compare(randomCase(number));
        if (JSON.stringify(product) !== JSON.stringify(reference))
          expect({ number, ...product }).toEqual({ number, ...reference });
        seen.slots += product.slots.flat().length;
        seen.free += product.free.flat().filter((ids) => ids.length > 0).length;
        seen.refused += product.checks.filter((check) => check !== 'bookable').length;
      }
      expect(Math.min(seen.slots, seen.free, seen.refused)).toBeGreaterThan(CASES / 4);
    },
    ENDS_AFTER_MS,
  );
});
