import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { openBusiness, type Business } from '../../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { acrossTenants, query, transact } from '../../connection/unit-of-work.ts';
import type { Booking } from '../../entities/booking.ts';
import { BookingRepository } from './booking.repository.ts';

const HOUR_MS = 3_600_000;
const NINE = Date.parse('2027-03-01T14:00:00Z');

describe('bookings', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let bookings: BookingRepository;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open(10);
    bookings = new BookingRepository(dataSource);
  });
  afterAll(() => database.drop());

  const request = (
    { tenantId, serviceId, resourceIds }: Business,
    startMs: number,
    endMs = startMs + HOUR_MS,
    phone: string | null = null,
    bufferMs = 0,
  ) => ({
    tenantId,
    serviceId,
    resourceIds,
    startsAt: new Date(startMs),
    endsAt: new Date(endMs),
    occupiedFrom: new Date(startMs - bufferMs),
    occupiedUntil: new Date(endMs + 2 * bufferMs),
    contactPhone: phone,
    name: 'Alex',
    notes: '',
    callId: null,
    toolCallId: null,
  });

  function book(
    business: Business,
    startMs = NINE,
    endMs = startMs + HOUR_MS,
    from = bookings,
    pool = dataSource,
    phone: string | null = null,
    bufferMs = 0,
  ): Promise<Booking | null> {
    return transact(pool, business.tenantId, (transaction) =>
      from.book(transaction, request(business, startMs, endMs, phone, bufferMs)),
    );
  }

  function overlaps(business: Business): Promise<unknown[]> {
    return acrossTenants(dataSource, 'installation', (manager) =>
      query(
        manager,
        `SELECT a.id FROM bookings a JOIN bookings b
           ON a.resource_id = b.resource_id AND a.id < b.id AND a.occupied && b.occupied
         WHERE a.tenant_id = $1 AND a.status = 'booked' AND b.status = 'booked'`,
        [business.tenantId],
      ),
    );
  }

  it('of one slot, 50 at once, have one winner', async () => {
    const business = await openBusiness(dataSource, 1);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => book(business)));
    expect(outcomes.filter((outcome) => outcome !== null)).toHaveLength(1);
  });

  it.each([10, 60])(
    'of one slot, 1,000 at once over %i connections, have one winner and 999 clean conflicts',
    async (poolSize) => {
      const business = await openBusiness(dataSource, 1);
      const pool = await database.open(poolSize);
      const repository = new BookingRepository(pool);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 1000 }, () => book(business, NINE, NINE + HOUR_MS, repository, pool)),
      );
      const tally = { won: 0, taken: 0, failed: 0 };
      for (const outcome of outcomes)
        tally[outcome.status === 'rejected' ? 'failed' : outcome.value === null ? 'taken' : 'won'] += 1;
      expect(tally).toEqual({ won: 1, taken: 999, failed: 0 });
    },
    60_000,
  );

  it('go to each free engineer before anyone hears no', async () => {
    const business = await openBusiness(dataSource, 3);
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => book(business)));
    const won = outcomes.filter((outcome) => outcome !== null);
    expect(won.map((booking) => booking.resource.id).sort()).toEqual(business.resourceIds);
  });

  it('that want the same engineers in opposite orders do not block each other', async () => {
    const business = await openBusiness(dataSource, 4);
    const reversed = { ...business, resourceIds: [...business.resourceIds].reverse() };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 80 }, (_, index) =>
        book(index % 2 === 0 ? business : reversed, NINE + (index % 5) * 600_000),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toEqual([]);
    expect(await overlaps(business)).toEqual([]);
  });

  it('never overlap, buffers included, whatever is booked and cancelled at the same time', async () => {
    const step = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('book' as const),
          start: fc.integer({ min: 0, max: 40 }),
          length: fc.integer({ min: 1, max: 8 }),
          buffer: fc.constantFrom(0, 0, 5, 20),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(100) }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        async (rounds) => {
          const business = await openBusiness(dataSource, 2);
          const made: Booking[] = [];
          for (const round of rounds) {
            await Promise.all(
              round.map(async (action) => {
                if (action.kind === 'book') {
                  const startMs = NINE + action.start * 900_000;
                  const endMs = startMs + action.length * 900_000;
                  const bufferMs = action.buffer * 60_000;
                  const booking = await book(business, startMs, endMs, bookings, dataSource, null, bufferMs);
                  if (booking) made.push(booking);
                  return;
                }
                const victim = made[action.which % Math.max(made.length, 1)];
                if (victim)
                  await transact(dataSource, business.tenantId, (transaction) =>
                    bookings.cancel(transaction, business.tenantId, victim.id),
                  );
              }),
            );
          }
          expect(await overlaps(business)).toEqual([]);
        },
      ),
      { numRuns: 25, seed: 20_270_301 },
    );
  }, 60_000);

  it('leave nothing behind when no one is free, not even a contact', async () => {
    const business = await openBusiness(dataSource, 1);
    await book(business);
    expect(await book(business, NINE, NINE + HOUR_MS, bookings, dataSource, '+12025550177')).toBeNull();
    expect(
      await acrossTenants(dataSource, 'installation', (manager) =>
        query(manager, 'SELECT 1 FROM contacts WHERE tenant_id = $1', [business.tenantId]),
      ),
    ).toEqual([]);
  });

  it('stop at the constraint when someone books without the lock', async () => {
    const business = await openBusiness(dataSource, 2);
    const [first, second] = business.resourceIds;
    const outsider = await database.open(1);
    const runner = outsider.createQueryRunner();
    await runner.startTransaction();
    await runner.query(
      'INSERT INTO bookings (tenant_id, resource_id, service_id, period, reference) VALUES ($1, $2, $3, ' +
        `tstzrange($4::timestamptz, $5::timestamptz), 'OUTSIDE')`,
      [business.tenantId, first, business.serviceId, new Date(NINE), new Date(NINE + HOUR_MS)],
    );
    const waiting = book(business);
    await untilSomeoneWaits();
    await runner.commitTransaction();
    await runner.release();
    expect((await waiting)?.resource.id).toBe(second);
  });

  it('may follow each other without a gap, and take the place of a cancelled one', async () => {
    const business = await openBusiness(dataSource, 1);
    const first = await book(business);
    expect(await book(business, NINE + HOUR_MS)).not.toBeNull();
    expect(await book(business)).toBeNull();
    const cancelled = await transact(dataSource, business.tenantId, (transaction) =>
      bookings.cancel(transaction, business.tenantId, first!.id),
    );
    const again = await transact(dataSource, business.tenantId, (transaction) =>
      bookings.cancel(transaction, business.tenantId, first!.id),
    );
    expect(cancelled?.status).toBe('cancelled');
    expect(again).toEqual(cancelled);
    expect(await book(business)).not.toBeNull();
  });

  it('are not seen or cancelled by another tenant', async () => {
    const business = await openBusiness(dataSource, 1);
    const stranger = await openBusiness(dataSource, 1);
    const booking = await book(business);
    expect(await bookings.find(stranger.tenantId, booking!.id)).toBeNull();
    expect(
      await transact(dataSource, stranger.tenantId, (transaction) =>
        bookings.cancel(transaction, stranger.tenantId, booking!.id),
      ),
    ).toBeNull();
    expect((await bookings.find(business.tenantId, booking!.id))?.status).toBe('booked');
    const forged = { ...business, tenantId: stranger.tenantId };
    expect(await book(forged, NINE + 5 * HOUR_MS)).toBeNull();
    await expect(
      acrossTenants(dataSource, 'installation', (transaction) =>
        bookings.book(transaction, request(forged, NINE + 5 * HOUR_MS)),
      ),
    ).rejects.toThrow('23503');
  });

  it('are listed soonest first, page by page, each once', async () => {
    const business = await openBusiness(dataSource, 3);
    for (let index = 0; index < 7; index++) await book(business, NINE + Math.floor(index / 2) * HOUR_MS);
    const seen: Booking[] = [];
    let cursor: string | undefined;
    do {
      const page = await bookings.list(
        business.tenantId,
        { from: new Date(NINE), status: 'booked' },
        { limit: 3, cursor },
      );
      seen.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(new Set(seen.map((booking) => booking.id)).size).toBe(7);
    expect(seen.map((booking) => booking.startsAt.getTime())).toEqual(
      [0, 0, 1, 1, 2, 2, 3].map((hour) => NINE + hour * HOUR_MS),
    );
  });

  async function untilSomeoneWaits(): Promise<void> {
    for (;;) {
      const waiting = await acrossTenants(dataSource, 'installation', (manager) =>
        query(
          manager,
          `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        ),
      );
      if (waiting.length > 0) return;
    }
  }
});
