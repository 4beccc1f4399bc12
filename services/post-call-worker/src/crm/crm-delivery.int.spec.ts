import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CRM_EVENTS } from '@tandem/contracts';
import { RunningCrm } from './test/running-crm.ts';
import { idOf, RunningSystems } from './test/running-systems.ts';

let crm: RunningCrm;
let systems: RunningSystems;
beforeAll(async () => {
  crm = await RunningCrm.start();
});
afterAll(() => crm.stop());
beforeEach(async () => {
  systems = await new RunningSystems().start();
  await crm.begin();
  await crm.putSecret('CRM_TOKEN', 'word');
});
afterEach(async () => {
  await crm.end();
  await systems.stop();
});

describe.each(['generic', 'hubspot', 'salesforce'] as const)('pushing into %s', (kind) => {
  it.each(CRM_EVENTS)('writes %s once, when the worker dies between sending and storing', async (type) => {
    const id = await crm.connect(systems.to(kind));
    await crm.happen(type);
    crm.work({ lostResults: 2 });
    for (const lost of [1, 2]) {
      await crm.eventually(() => crm.lost === lost);
      await crm.letTimePass();
    }
    const records = systems.recordsIn(kind);
    expect(records).toBeGreaterThan(0);
    const [pushed] = await crm.settled(id);
    expect(pushed).toMatchObject({ type, state: 'delivered', lastFault: null });
    expect(systems.recordsIn(kind)).toBe(records);
    await crm.deliveries.replay(crm.tenantId, id, { eventIds: [pushed!.eventId] });
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }]);
    expect(systems.recordsIn(kind)).toBe(records);
  });

  it('writes once when the answer is lost on the way', async () => {
    const system = systems[kind];
    const id = await crm.connect(systems.to(kind));
    system.plan(...Array.from({ length: 3 }, () => 'reset-after' as const));
    await crm.happen('booking.created');
    crm.work();
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }]);
    expect(systems.recordsIn(kind)).toBe(kind === 'generic' ? 1 : 2);
  });

  it('keeps everything through an outage, in order, and uses up no attempts', async () => {
    const system = systems[kind];
    const id = await crm.connect(systems.to(kind));
    const subject = { kind: 'booking', id: idOf('booking.created') } as const;
    const starts = ['2027-03-02T15:00:00.000Z', '2027-03-03T15:00:00.000Z', '2027-03-04T15:00:00.000Z'];
    system.plan({ status: 503 }, 'reset', { status: 502 });
    await crm.happen('booking.created', { start: starts[0], end: starts[0] }, { subject });
    await crm.happen('booking.moved', { start: starts[1], end: starts[1] }, { subject });
    await crm.happen('booking.moved', { start: starts[2], end: starts[2] }, { subject });
    crm.work();
    crm.work();
    const pushed = await crm.settled(id);
    expect(pushed.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['delivered', 1],
      ['delivered', 1],
      ['delivered', 1],
    ]);
    const written = system.requests
      .filter(
        ({ method, text, status }) => method !== 'GET' && Number(status) < 300 && text.includes('2027-03-0'),
      )
      .map(({ text }) => starts.findIndex((start) => text.includes(start)));
    expect(written).toEqual([0, 1, 2]);
    expect(await crm.connections.find(crm.tenantId, id)).toMatchObject({
      failures: 0,
      lastFault: expect.stringMatching(/^http-50[23]$|^[a-z_-]+$/),
    });
  });

  it('does not undo a later event with an earlier one that is replayed', async () => {
    const system = systems[kind];
    const id = await crm.connect(systems.to(kind));
    crm.work();
    await crm.happen('booking.created');
    await crm.happen('booking.cancelled');
    const [, first] = await crm.settled(id);
    expect(first).toMatchObject({ type: 'booking.created' });
    const before = system.requests.length;
    await crm.deliveries.replay(crm.tenantId, id, { eventIds: [first!.eventId] });
    expect(await crm.settled(id)).toMatchObject([{}, { state: 'delivered', lastFault: 'superseded' }]);
    expect(system.requests).toHaveLength(before);
  });

  it('pushes what happened at one tenant into its own CRM only', async () => {
    const id = await crm.connect(systems.to(kind));
    const stranger = await crm.tenant();
    crm.work();
    await crm.happen('lead.created', {}, { tenant: stranger });
    await crm.happen('staff-message.created');
    expect(await crm.settled(id)).toMatchObject([{ type: 'staff-message.created', state: 'delivered' }]);
    expect(await crm.pushed(id, stranger)).toEqual([]);
  });

  it('sends nothing to an address that is not public', async () => {
    const id = await crm.connect(systems.to(kind));
    await crm.happen('lead.created');
    crm.work({ networks: [] });
    await crm.eventually(
      async () => (await crm.connections.find(crm.tenantId, id))?.lastFault === 'destination-refused',
    );
    const system = systems[kind];
    expect(system.requests).toEqual([]);
    expect(await crm.pushed(id)).toMatchObject([{ state: 'pending', lastFault: 'destination-refused' }]);
  });

  it('finds out whether a connection works, and changes nothing', async () => {
    const id = await crm.connect(systems.to(kind));
    crm.work();
    await crm.connections.test(crm.tenantId, id);
    expect(await crm.settled(id)).toMatchObject([{ type: 'webhook.test', state: 'delivered' }]);
    expect(systems.recordsIn(kind)).toBe(0);
  });
});

describe('pushing into a generic CRM', () => {
  it('gives up what it refuses, and what it breaks on after the last attempt', async () => {
    const id = await crm.connect(systems.to('generic'));
    systems.generic.plan(
      { status: 200, body: { items: [] } },
      { status: 422, body: { message: 'No. ada@example.com' } },
    );
    crm.work({ delaysS: [0.01, 0.01] });
    await crm.happen('lead.created');
    expect(await crm.settled(id)).toMatchObject([
      { state: 'dead', attempts: 1, lastStatus: 422, lastDetail: 'No. [e-mail]' },
    ]);
    systems.generic.plan(...Array.from({ length: 3 }, () => ({ status: 500 })));
    await crm.happen('staff-message.created');
    const [broken] = await crm.settled(id);
    expect(broken).toMatchObject({ state: 'dead', attempts: 3, lastStatus: 500 });
    await crm.deliveries.replay(crm.tenantId, id, {});
    expect(await crm.settled(id)).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
  });

  it('lets an event that waits hold up only those about the same things', async () => {
    const id = await crm.connect(systems.to('generic'));
    const [waiting, other] = [randomUUID(), randomUUID()];
    systems.generic.plan({ status: 500 });
    await crm.happen(
      'contact.updated',
      { contactId: waiting },
      { subject: { kind: 'contact', id: waiting } },
    );
    crm.work({ delaysS: [600] });
    await crm.eventually(async () => (await crm.pushed(id))[0]?.lastStatus === 500);
    // In a call: another subject, the same contact.
    await crm.happen('contact.updated', { contactId: waiting });
    await crm.happen('booking.created', { contact: { id: waiting, phone: '+12025550101', name: null } });
    await crm.happen('contact.updated', { contactId: other });
    await crm.eventually(async () => (await crm.pushed(id))[0]?.state === 'delivered');
    expect((await crm.pushed(id)).map(({ state }) => state)).toEqual([
      'delivered',
      'pending',
      'pending',
      'pending',
    ]);
    await crm.letTimePass();
    await crm.settled(id);
    const keys = systems.generic.requests.filter(({ method }) => method === 'POST').map(({ text }) => text);
    expect(keys.findIndex((text) => text.includes(other))).toBeLessThan(
      keys.findLastIndex((text) => text.includes(waiting)),
    );
  });
});
