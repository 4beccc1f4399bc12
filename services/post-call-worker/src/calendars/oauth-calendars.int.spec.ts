import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CredentialRenewalRepository, SealedValueRepository } from '@tandem/database';
import { GoogleCalendarSimulator, MicrosoftGraphSimulator } from '@tandem/simulators';
import { hourIn, RunningCalendars } from './test/running-calendars.ts';

let calendars: RunningCalendars;
beforeAll(async () => {
  calendars = await RunningCalendars.start();
});
afterAll(() => calendars.stop());

/** A provider, with everything the same spec needs of it. */
interface Provider {
  readonly kind: string;
  readonly simulator: GoogleCalendarSimulator | MicrosoftGraphSimulator;
  readonly settings: () => Record<string, string>;
  readonly addBusy: (at: Date, until: Date) => void;
  /** When the events of bookings start. */
  readonly starts: () => string[];
}

function google(): Provider {
  const simulator = new GoogleCalendarSimulator();
  const { clientId, clientSecret } = simulator.authority.options;
  const isOwn = ({ id }: { id: string }) => id.startsWith('tandem');
  return {
    kind: 'google',
    simulator,
    settings: () => ({
      GOOGLE_CALENDAR_CLIENT_ID: clientId,
      GOOGLE_CALENDAR_CLIENT_SECRET: clientSecret,
      GOOGLE_CALENDAR_API_URL: simulator.apiUrl,
      GOOGLE_CALENDAR_TOKEN_URL: simulator.tokenUrl,
    }),
    addBusy: (at, until) =>
      simulator.addEvent('dentist', {
        start: { dateTime: at.toISOString() },
        end: { dateTime: until.toISOString() },
      }),
    starts: () => simulator.standing.filter(isOwn).map(({ start }) => start.dateTime ?? ''),
  };
}

function microsoft(): Provider {
  const simulator = new MicrosoftGraphSimulator();
  const { clientId, clientSecret } = simulator.authority.options;
  const local = (at: Date) => at.toISOString().slice(0, 19);
  return {
    kind: 'microsoft',
    simulator,
    settings: () => ({
      MICROSOFT_CALENDAR_CLIENT_ID: clientId,
      MICROSOFT_CALENDAR_CLIENT_SECRET: clientSecret,
      MICROSOFT_CALENDAR_API_URL: simulator.apiUrl,
      MICROSOFT_CALENDAR_LOGIN_URL: simulator.loginUrl,
    }),
    addBusy: (at, until) => simulator.addEvent('dentist', local(at), local(until)),
    starts: () =>
      [...simulator.events.values()]
        .filter(({ transactionId }) => transactionId !== undefined)
        .map(({ start }) => `${start.dateTime}.000Z`),
  };
}

describe.each([google, microsoft])('a calendar of a provider: %p', (make) => {
  let provider: Provider;
  beforeEach(async () => {
    provider = make();
    await provider.simulator.start();
    await calendars.begin();
  });
  afterEach(async () => {
    await calendars.rest();
    await provider.simulator.stop();
  });

  const connect = () =>
    calendars.connect({
      kind: provider.kind,
      address: 'primary',
      credentials: provider.simulator.authority.grant(),
    });

  it('keeps its busy times free, and has each booking once as it is here', async () => {
    const busyAt = hourIn(3);
    provider.addBusy(busyAt, new Date(busyAt.getTime() + 1_800_000));
    const id = await connect();
    await calendars.work(provider.settings());
    await calendars.eventually(async () => (await calendars.connection(id)).busyReadAt !== null);
    expect(await calendars.book(busyAt)).toBeNull();
    provider.simulator.plan('reset-after');
    const booking = await calendars.book(hourIn(4));
    await calendars.settled();
    expect(provider.starts()).toEqual([hourIn(4).toISOString()]);
    await calendars.move(booking!.id, hourIn(5));
    await calendars.settled();
    expect(provider.starts()).toEqual([hourIn(5).toISOString()]);
    await calendars.read(id);
    expect(await calendars.sql('SELECT * FROM calendar_busy')).toHaveLength(1);
    await calendars.cancel(booking!.id);
    await calendars.settled();
    expect(provider.starts()).toEqual([]);
  });

  it('renews its token, stays while it is down, and waits for its owner once the grant ended', async () => {
    const id = await connect();
    provider.simulator.authority.expire();
    await calendars.work(provider.settings());
    await calendars.eventually(async () => (await calendars.connection(id)).busyReadAt !== null);
    expect(provider.simulator.authority.refreshes).toBe(1);
    provider.simulator.isDown = true;
    await calendars.book(hourIn(3));
    await calendars.eventually(async () => (await calendars.connection(id)).failures > 0);
    provider.simulator.isDown = false;
    await calendars.settled();
    expect(provider.starts()).toEqual([hourIn(3).toISOString()]);
    provider.simulator.authority.revoke();
    await calendars.book(hourIn(4));
    await calendars.eventually(async () => (await calendars.connection(id)).state !== 'active');
    const asked = provider.simulator.requests.length;
    expect(await calendars.connection(id)).toMatchObject({ lastFault: 'authorization-ended', pending: 1 });
    await calendars.authorize(id, provider.simulator.authority.grant());
    await calendars.settled();
    expect(provider.starts()).toHaveLength(2);
    expect(provider.simulator.requests.length).toBeGreaterThan(asked);
  });

  it('renews its token once when two workers have it at a time, sealed anew meanwhile or not', async () => {
    const id = await connect();
    const [claimed] = await calendars.sync.claim(1, 600_000);
    provider.simulator.authority.expire();
    await calendars.work(provider.settings());
    await calendars.work(provider.settings());
    await Promise.all([0, 1].map((worker) => calendars.turnsOf(worker).run(claimed!)));
    expect(provider.simulator.authority.refreshes).toBe(1);
    provider.simulator.authority.expire();
    const renewals = new CredentialRenewalRepository(calendars.dataSource);
    const lease = await renewals.begin('calendar', id, 60_000);
    const values = new SealedValueRepository(calendars.dataSource);
    const [held] = await values.sealedOtherwise('calendar-credentials', 'another key');
    expect(await values.replace('calendar-credentials', held!, `${held!.sealed}x`)).toBe(true);
    expect(await renewals.store('calendar', id, lease!.renewalId, lease!.sealed)).toBe(true);
    await renewals.end('calendar', id, lease!.renewalId);
    await calendars.sync.succeeded(id);
    await calendars.read(id);
    expect(provider.simulator.authority.refreshes).toBe(2);
    expect(await calendars.connection(id)).toMatchObject({ state: 'active' });
  });
});
