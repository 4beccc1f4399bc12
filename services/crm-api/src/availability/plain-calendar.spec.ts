import { describe, expect, it } from '@jest/globals';
import { instantsOf } from './local-day.ts';
import { checkSlot, freeResources, slotsOfDay, type ServiceCalendar } from './slot-calendar.ts';
import { PlainCalendar, plainLeave } from './test/plain-calendar.ts';
import { randomCase, type RandomCase } from './test/random-case.ts';

/** Cases compared; set TANDEM_AVAILABILITY_CASES to compare more, and …_FIRST to begin with a later one. */
const CASES = Number(process.env['TANDEM_AVAILABILITY_CASES'] ?? 1_500);
const FIRST = Number(process.env['TANDEM_AVAILABILITY_FIRST'] ?? 0);
const ENDS_AFTER_MS = 30_000 + CASES * 20;

const times = <Leave extends { startMs: number; endMs: number }>(leave: readonly Leave[]) =>
  leave.map(({ startMs, endMs }) => [startMs, endMs]);

/** Returns what both say about a case. */
function compare({ calendar: without, leave, date, nowMs, part, wantedMs }: RandomCase) {
  const { timeZone } = without;
  const instants = leave.map((local) => ({ ...local, ...instantsOf(local, timeZone) }));
  const calendar: ServiceCalendar = {
    ...without,
    leave: instants.filter(({ startMs, endMs }) => startMs < endMs),
  };
  const plain = new PlainCalendar(calendar, date);
  const product = {
    leave: times(instants),
    slots: slotsOfDay(calendar, date, nowMs, part).map(({ startMs, endMs, resource }) => ({
      startMs,
      endMs,
      resourceId: resource.id,
    })),
    checks: wantedMs.map((ms) => checkSlot(calendar, ms, nowMs)),
    free: wantedMs.map((ms) => freeResources(calendar, ms).map(({ id }) => id)),
  };
  const reference: typeof product = {
    leave: times(leave.map((local) => plainLeave(timeZone, date, local))),
    slots: plain.slots(nowMs, part),
    checks: wantedMs.map((ms) => plain.check(ms, nowMs)),
    free: wantedMs.map((ms) => plain.free(ms)),
  };
  return { product, reference };
}

describe('free appointments, worked out twice', () => {
  it(
    `agree in ${CASES} cases, clocks that change included`,
    () => {
      const seen = { slots: 0, free: 0, refused: 0 };
      for (let number = FIRST; number < FIRST + CASES; number++) {
        const { product, reference } = compare(randomCase(number));
        if (JSON.stringify(product) !== JSON.stringify(reference))
          expect({ number, ...product }).toEqual({ number, ...reference });
        seen.slots += product.slots.length;
        seen.free += product.free.filter((ids) => ids.length > 0).length;
        seen.refused += product.checks.filter((check) => check !== 'bookable').length;
      }
      expect(Math.min(seen.slots, seen.free, seen.refused)).toBeGreaterThan(CASES / 4);
    },
    ENDS_AFTER_MS,
  );
});
