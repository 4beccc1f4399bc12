import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BookingNoticeRepository } from '@tandem/database';
import { NUMBER, RunningMessages } from '../messages/test/running-messages.ts';

const HOUR_MS = 3_600_000;
/** Thursday, noon in UTC, the zone of the business. */
const NOON = Date.parse('2030-03-14T12:00:00Z');

describe('notices of appointments', () => {
  let running: RunningMessages;
  let notices: BookingNoticeRepository;

  beforeAll(async () => {
    running = await RunningMessages.start();
    notices = new BookingNoticeRepository(running.dataSource);
  });
  afterAll(() => running.stop());
  beforeEach(async () => {
    await running.begin();
    const tenant = running.tenantId;
    await running.sql(
      `INSERT INTO services (tenant_id, key, name, duration_minutes) VALUES ($1, 'plumbing', 'Plumbing', 60)`,
      tenant,
    );
    await running.sql(`INSERT INTO resources (tenant_id, name) VALUES ($1, 'Maria')`, tenant);
  });

  /** Sets what is sent, as if it had been set long ago. */
  const set = (reminders: object[], more: { confirmation?: string; since?: string } = {}) =>
    running.sql(
      `INSERT INTO booking_settings (tenant_id, confirmation, reminders, quiet_from, quiet_until,
         offer_minutes, texts, since) VALUES ($1, $2, $3, '20:00', '08:00', 60, '{}', $4)
       ON CONFLICT (tenant_id) DO UPDATE SET reminders = excluded.reminders`,
      running.tenantId,
      more.confirmation ?? null,
      JSON.stringify(reminders),
      more.since ?? '2020-01-01',
    );
  const sms = (minutesBefore: number) => ({ minutesBefore, channel: 'sms' });

  /** Books for the party of the spec, in the spring of 2030: no clock is there yet. */
  async function book(
    startMs: number,
    { timedMs = NOON - 48 * HOUR_MS, email = null as string | null } = {},
  ) {
    const [contact] = await running.sql<{ id: string }>(
      `INSERT INTO contacts (tenant_id, phone, email) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id, phone) DO UPDATE SET email = excluded.email RETURNING id`,
      running.tenantId,
      running.party,
      email,
    );
    const id = randomUUID();
    await running.sql(
      `INSERT INTO bookings (id, tenant_id, resource_id, service_id, contact_id, period, reference, timed_at)
       SELECT $2, $1, r.id, s.id, $3, tstzrange($4::timestamptz, $4::timestamptz + interval '1 hour'), $5, $6
       FROM resources r, services s WHERE r.tenant_id = $1 AND s.tenant_id = $1`,
      running.tenantId,
      id,
      contact!.id,
      new Date(startMs),
      `K${id.slice(0, 5)}`,
      new Date(timedMs),
    );
    return id;
  }
  /** Settles what is due at a time. Returns the outcomes for this tenant. */
  async function sweep(atMs: number): Promise<string[]> {
    const due = await notices.due(new Date(atMs), 100);
    const own = due.filter(({ tenantId }) => tenantId === running.tenantId);
    const outcomes: string[] = [];
    for (const notice of own)
      outcomes.push(
        `${notice.kind} ${notice.minutesBefore} ${await notices.settle(notice, 'office@spec.example')}`,
      );
    return outcomes;
  }
  const reasons = async (bookingId: string) =>
    (await notices.ofBooking(running.tenantId, bookingId)).map(({ reason }) => reason);

  it('are stored once when their time has come, and sent like any other message', async () => {
    await set([sms(1_440), sms(120)]);
    const booking = await book(NOON + 24 * HOUR_MS);
    expect(await sweep(NOON - 60_000)).toEqual([]);
    expect(await sweep(NOON)).toEqual(['reminder 1440 stored']);
    expect(await sweep(NOON + 60_000)).toEqual([]);
    const [message] = await running.all();
    await running.reaches(message!, 'accepted');
    expect(running.sentSms).toMatchObject([{ from: NUMBER, to: running.party }]);
    expect(running.sentSms[0]?.body).toMatch(
      /^Spec: a reminder of your appointment \(Plumbing\) on Friday,? 15 March at 12:00\. Reference K\w{5}\./,
    );
    expect(await sweep(NOON + 22 * HOUR_MS)).toEqual(['reminder 120 stored']);
    expect(await reasons(booking)).toEqual([null, null]);
  });

  it('are stored once by many workers at the same moment', async () => {
    await set([sms(1_440)]);
    await book(NOON + 24 * HOUR_MS);
    const [notice] = (await notices.due(new Date(NOON), 100)).filter(
      ({ tenantId }) => tenantId === running.tenantId,
    );
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => notices.settle(notice!, null)));
    expect(outcomes.sort()).toEqual([...Array<string>(7).fill('settled'), 'stored']);
    expect(await running.all()).toHaveLength(1);
  });

  it('wait for the end of the quiet hours, and are left out once the appointment has begun', async () => {
    await set([sms(120)]);
    await book(Date.parse('2030-03-15T09:30:00Z'));
    await book(Date.parse('2030-03-15T06:00:00Z'));
    for (const at of ['04:00', '07:30', '07:59'])
      expect(await sweep(Date.parse(`2030-03-15T${at}:00Z`))).toEqual([]);
    expect(await sweep(Date.parse('2030-03-15T08:00:00Z'))).toEqual(['reminder 120 stored']);
    expect(await running.all()).toHaveLength(1);
  });

  it('of several that waited are the one nearest to the appointment', async () => {
    await set([sms(600), sms(300)]);
    const booking = await book(Date.parse('2030-03-15T09:00:00Z'));
    expect((await sweep(Date.parse('2030-03-15T08:00:00Z'))).sort()).toEqual([
      'reminder 300 stored',
      'reminder 600 left-out',
    ]);
    expect((await reasons(booking)).sort()).toEqual(['nearer-reminder', null]);
  });

  it('are not made up for where a booking was made, moved or set up later', async () => {
    await set([sms(1_440)], { since: '2030-03-14T11:00:00Z' });
    await book(NOON + 2 * HOUR_MS, { timedMs: NOON - HOUR_MS });
    await book(NOON + 22 * HOUR_MS);
    expect(await sweep(NOON)).toEqual([]);
  });

  it('follow a booking that is moved, and end with one that is cancelled', async () => {
    await set([sms(120)]);
    const [moved, cancelled] = [await book(NOON + 2 * HOUR_MS), await book(NOON + 4 * HOUR_MS)];
    expect(await sweep(NOON)).toEqual(['reminder 120 stored']);
    await running.sql(
      `UPDATE bookings SET period = tstzrange($2::timestamptz, $2::timestamptz + interval '1 hour')
       WHERE id = $1`,
      moved,
      new Date(NOON + 50 * HOUR_MS),
    );
    await running.sql(`UPDATE bookings SET status = 'cancelled' WHERE id = $1`, cancelled);
    expect(await sweep(NOON + 2 * HOUR_MS)).toEqual([]);
    expect(await sweep(NOON + 48 * HOUR_MS)).toEqual(['reminder 120 stored']);
    expect(await running.all()).toHaveLength(2);
  });

  it('are not stored for a booking that is cancelled in between', async () => {
    await set([sms(120)]);
    const booking = await book(NOON + 2 * HOUR_MS);
    const [notice] = (await notices.due(new Date(NOON), 100)).filter(
      ({ bookingId }) => bookingId === booking,
    );
    await running.sql(`UPDATE bookings SET status = 'cancelled' WHERE id = $1`, booking);
    expect(await notices.settle(notice!, null)).toBe('settled');
    expect(await running.all()).toEqual([]);
  });

  it('are not sent to one who opted out, said no, or has no address', async () => {
    await set([sms(120), { minutesBefore: 60, channel: 'email' }]);
    await running.receive('STOP', { consent: 'stop' });
    const booking = await book(NOON + 2 * HOUR_MS);
    await sweep(NOON);
    await sweep(NOON + HOUR_MS);
    expect(await reasons(booking)).toEqual(['opted-out', 'no-email']);
    await running.receive('START', { consent: 'start' });
    await running.sql(
      `INSERT INTO contact_consents (tenant_id, contact_id, purpose, state, source, at)
       SELECT $1, id, 'sms', 'denied', 'spec', now() FROM contacts WHERE tenant_id = $1`,
      running.tenantId,
    );
    const second = await book(NOON + 4 * HOUR_MS);
    await sweep(NOON + 2 * HOUR_MS);
    expect(await reasons(second)).toEqual(['consent-denied']);
  });

  it('of a service count in place of those of the business; a confirmation is sent by e-mail', async () => {
    await set([sms(1_440)], { confirmation: 'sms' });
    await running.sql(
      `INSERT INTO service_reminders (tenant_id, service_id, confirmation, reminders, since)
       SELECT $1, id, 'email', '[]', '2020-01-01' FROM services WHERE tenant_id = $1`,
      running.tenantId,
    );
    await book(NOON + 24 * HOUR_MS, { timedMs: NOON - 60_000, email: 'alex@spec.example' });
    expect(await sweep(NOON)).toEqual(['confirmation 0 stored']);
    const [message] = await running.all();
    expect(message).toMatchObject({ channel: 'email', party: 'alex@spec.example' });
    await running.reaches(message!, 'sent');
  });
});
