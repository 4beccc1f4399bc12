import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import { Random } from '../availability/test/random-case.ts';
import { nineOclock, RunningCrm } from '../test/running-crm.ts';
import { plainSeries } from './series/test/plain-series.ts';
import { PlainDiary, type PlainAppointment } from './test/plain-diary.ts';

/** Requests compared; set TANDEM_BOOKING_STEPS to compare more, and …_SEED for others. */
const STEPS = Number(process.env['TANDEM_BOOKING_STEPS'] ?? 250);
const SEED = Number(process.env['TANDEM_BOOKING_SEED'] ?? 1);
const ENDS_AFTER_MS = 60_000 + STEPS * 1_000;
const HALF_HOUR_MS = 1_800_000;
const HOLD_S = 3_600;
const ZONE = 'America/New_York';
const DEEDS = ['book', 'hold', 'hold', 'confirm', 'cancel', 'move', 'series', 'clock'] as const;

interface Shown {
  readonly id: string;
  readonly start: string;
  readonly status: string;
  readonly resource: { readonly id: string };
}

/** Bookings in Postgres beside a diary on paper, with a clock that is moved on by hand. */
class Comparison {
  readonly tally: Record<string, number> = {};
  private readonly diary: PlainDiary;
  private readonly random = new Random(SEED);
  private readonly firstMs = Date.parse(nineOclock(3));

  constructor(
    private readonly crm: RunningCrm,
    private readonly tenantId: TenantId,
    private readonly as: string,
    people: readonly string[],
  ) {
    this.diary = new PlainDiary(people, 2 * HALF_HOUR_MS);
  }

  /** One request, or the clock moves on. Returns what both say. */
  async step(): Promise<{ product: unknown; plain: unknown }> {
    const deed = this.random.oneOf(DEEDS);
    const result = await this[deed]();
    const said = `${deed} ${typeof result.plain === 'string' ? result.plain : 'done'}`;
    this.tally[said] = (this.tally[said] ?? 0) + 1;
    return result;
  }

  /** Returns every appointment as both show it. */
  async all(): Promise<{ product: unknown; plain: unknown }> {
    const rows = await this.crm.sql<{ id: string }>(
      'SELECT id FROM bookings WHERE tenant_id = $1',
      this.tenantId,
    );
    const product: string[] = [];
    for (const { id } of rows) {
      const { body } = await this.crm.ask('GET', `/v1/bookings/${id}`, { as: this.as });
      const { start, status, resource } = body as unknown as Shown;
      product.push(`${id} ${Date.parse(start)} ${status} ${resource.id}`);
    }
    const plain = this.diary.appointments.map(
      (one) => `${one.id} ${one.startMs} ${this.diary.status(one)} ${one.personId}`,
    );
    return { product: product.sort(), plain: plain.sort() };
  }

  book(): Promise<{ product: unknown; plain: unknown }> {
    return this.make({});
  }

  hold(): Promise<{ product: unknown; plain: unknown }> {
    return this.make({ hold: { seconds: HOLD_S } });
  }

  private async make(more: { hold?: object }) {
    const startMs = this.aStart();
    const free = this.diary.free(startMs);
    const shown = await this.post(startMs, more);
    const plain = free.length > 0 ? 'done' : 'slot-taken';
    if (typeof shown === 'string') return { product: shown, plain };
    this.note(shown, more.hold !== undefined);
    return { product: free.includes(shown.resource.id) ? 'done' : 'somebody who is taken', plain };
  }

  async series() {
    const startMs = this.aStart();
    const repeat = { every: 1, unit: 'week', count: 3 } as const;
    const skipUnavailable = this.random.integer(0, 1) === 1;
    const starts = plainSeries(startMs, repeat, ZONE, 52);
    const open = starts.filter((start) => this.diary.free(start).length > 0);
    const isDone = skipUnavailable ? open.length > 0 : open.length === starts.length;
    const shown = await this.post(startMs, { repeat, ...(skipUnavailable ? { skipUnavailable } : {}) });
    const plain = isDone ? open : open.length === 0 ? 'slot-taken' : 'series-unavailable';
    if (typeof shown === 'string') return { product: shown, plain };
    const made = (shown as unknown as { series: { bookings: Shown[] } }).series.bookings;
    const product = made.map(({ start, resource }) =>
      this.diary.free(Date.parse(start)).includes(resource.id) ? Date.parse(start) : -1,
    );
    for (const one of made) this.note(one, false);
    return { product, plain };
  }

  async confirm() {
    const one = this.anAppointment();
    if (!one) return this.book();
    return { product: await this.change('POST', one, '/confirm'), plain: this.diary.confirm(one) };
  }

  async cancel() {
    const one = this.anAppointment();
    if (!one) return this.book();
    return { product: await this.change('DELETE', one), plain: this.diary.cancel(one) };
  }

  async move() {
    const one = this.anAppointment();
    if (!one) return this.book();
    const startMs = this.aStart();
    const plain = this.diary.move(one, startMs);
    const start = new Date(startMs).toISOString();
    const answer = await this.crm.ask('PATCH', `/v1/bookings/${one.id}`, { as: this.as, body: { start } });
    if (answer.status !== 200) return { product: answer.body.code, plain };
    const { resource } = answer.body as unknown as Shown;
    const isFree = this.diary.free(startMs, one).includes(resource.id);
    Object.assign(one, { startMs, personId: resource.id });
    return { product: isFree ? 'done' : 'somebody who is taken', plain };
  }

  async clock() {
    const seconds = this.random.integer(1, 4) * (HOLD_S / 4);
    this.diary.nowMs += seconds * 1_000;
    await this.crm.sql(
      `UPDATE bookings SET hold_expires_at = hold_expires_at - $2::integer * interval '1 second'
       WHERE tenant_id = $1 AND status = 'held'`,
      this.tenantId,
      seconds,
    );
    return { product: 'done', plain: 'done' };
  }

  private async post(startMs: number, more: object): Promise<Shown | string> {
    const body = { service: 'plumbing', start: new Date(startMs).toISOString(), ...more };
    const answer = await this.crm.ask('POST', '/v1/bookings', { as: this.as, body });
    return answer.status === 201 ? (answer.body as unknown as Shown) : String(answer.body.code);
  }

  private async change(method: string, { id }: PlainAppointment, path = ''): Promise<string> {
    const answer = await this.crm.ask(method, `/v1/bookings/${id}${path}`, { as: this.as });
    return answer.status === 200 ? 'done' : String(answer.body.code);
  }

  private note({ id, start, resource }: Shown, isHold: boolean): void {
    this.diary.appointments.push({
      id,
      personId: resource.id,
      startMs: Date.parse(start),
      state: isHold ? 'held' : 'booked',
      // Real time, which the diary does not count, is far shorter than a move of its clock.
      heldUntilMs: this.diary.nowMs + HOLD_S * 1_000,
    });
  }

  private aStart(): number {
    return (
      this.firstMs + this.random.integer(0, 15) * HALF_HOUR_MS + this.random.oneOf([0, 7, 14]) * 86_400_000
    );
  }

  private anAppointment(): PlainAppointment | undefined {
    const { appointments } = this.diary;
    return appointments.length === 0 ? undefined : this.random.oneOf(appointments);
  }
}

describe('bookings, kept twice', () => {
  let crm: RunningCrm;
  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());

  it(
    `agree after ${STEPS} requests: bookings, holds that end, series, moves and cancellations`,
    async () => {
      const { tenantId, apiKey } = await crm.business(2);
      const people = await crm.sql<{ id: string }>('SELECT id FROM resources WHERE tenant_id = $1', tenantId);
      const both = new Comparison(
        crm,
        tenantId,
        apiKey,
        people.map(({ id }) => id),
      );
      for (let step = 0; step < STEPS; step += 1) {
        const { product, plain } = await both.step();
        expect({ step, said: product }).toEqual({ step, said: plain });
      }
      const { product, plain } = await both.all();
      expect(product).toEqual(plain);
      expect(Object.keys(both.tally).length).toBeGreaterThan(10);
    },
    ENDS_AFTER_MS,
  );
});
