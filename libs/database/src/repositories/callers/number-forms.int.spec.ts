import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { openBusiness } from '../../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { acrossTenants, query, transact } from '../../connection/unit-of-work.ts';
import { AgentDirectory } from '../agents/agent-directory.ts';
import { BlockedCallerRepository } from './blocked-caller.repository.ts';
import { CallerDirectory } from './caller-directory.ts';
import { CallerGroupRepository } from './caller-group.repository.ts';
import { ContactRepository } from '../contacts/contact.repository.ts';

/** Two forms of one number; the second is the stored one, but for Argentina, where either may be stored. */
const PAIRS = [
  ['Mexico', '+5215500000000', '+525500000000'],
  ['Brazil', '+551187654321', '+5511987654321'],
  ['Argentina', '+541123456789', '+5491123456789'],
] as const;

describe.each(PAIRS)('one number of %s written in two ways', (_country, one, other) => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let callers: CallerDirectory;
  let contacts: ContactRepository;
  let tenantId: TenantId;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    callers = new CallerDirectory(dataSource);
    contacts = new ContactRepository(dataSource);
  });
  beforeEach(async () => void (tenantId = (await openBusiness(dataSource, 0)).tenantId));
  afterAll(() => database.drop());

  const ways = [
    [one, other],
    [other, one],
  ] as const;
  const caller = (e164: string) => callers.find(tenantId, randomUUID(), e164);
  const phones = async (phone: string) =>
    (await contacts.list(tenantId, { phone }, { limit: 10 })).items.map((contact) => contact.phone);

  it.each(ways)('is one contact: stored as %s, found as %s', async (stored, asked) => {
    await transact(dataSource, tenantId, (transaction) =>
      contacts.create(transaction, tenantId, { phone: stored, name: 'Ana', language: 'es' }),
    );
    expect(await caller(asked)).toMatchObject({ name: 'Ana', language: 'es' });
    expect(await phones(asked)).toEqual([stored]);
    expect(
      await transact(dataSource, tenantId, (transaction) =>
        contacts.create(transaction, tenantId, { phone: asked }),
      ),
    ).toBe('phone-taken');
    await transact(dataSource, tenantId, (transaction) =>
      contacts.ensure(transaction, tenantId, asked, 'Eva'),
    );
    expect(await phones(stored)).toEqual([stored]);
    const someoneElse = await transact(dataSource, tenantId, (transaction) =>
      contacts.create(transaction, tenantId, { phone: '+12025550123' }),
    );
    expect(
      await transact(dataSource, tenantId, (transaction) =>
        contacts.update(transaction, tenantId, (someoneElse as { id: string }).id, { phone: asked }),
      ),
    ).toBe('phone-taken');
  });

  it('is one contact when two bookings make it at the same moment', async () => {
    const ids = await Promise.all(
      ways.map(([phone]) =>
        transact(dataSource, tenantId, (transaction) => contacts.ensure(transaction, tenantId, phone, null)),
      ),
    );
    expect(new Set(ids).size).toBe(1);
  });

  it.each(ways)('is blocked as %s and as %s, and unblocked as either', async (blocked, calls) => {
    const block = new BlockedCallerRepository(dataSource);
    const patterns = async () =>
      (await block.list(tenantId, { limit: 10 })).items.map(({ pattern }) => pattern);
    await block.block(tenantId, { pattern: blocked, phoneNumberId: null, note: '' });
    expect((await caller(calls)).isBlocked).toBe(true);
    await block.block(tenantId, { pattern: calls, phoneNumberId: null, note: '' });
    expect(await patterns()).toEqual([calls]);
    await block.unblock(tenantId, blocked, null);
    expect(await patterns()).toEqual([]);
  });

  it.each(ways)('is in a group as %s and as %s', async (member, calls) => {
    const groups = new CallerGroupRepository(dataSource);
    await groups.put(tenantId, 'vip', { name: 'VIP', greeting: '' });
    await groups.addMember(tenantId, 'vip', member);
    expect((await caller(calls)).groups.map(({ key }) => key)).toEqual(['vip']);
    await groups.addMember(tenantId, 'vip', calls);
    expect(await groups.members(tenantId, 'vip', { limit: 10 })).toEqual([calls]);
    await groups.removeMember(tenantId, 'vip', member);
    expect(await groups.members(tenantId, 'vip', { limit: 10 })).toEqual([]);
  });

  it.each(ways)('rings here as %s and as %s', async (dialled, asked) => {
    await acrossTenants(dataSource, 'installation', (manager) => query(manager, 'DELETE FROM phone_numbers'));
    await acrossTenants(dataSource, 'installation', (manager) =>
      query(manager, 'INSERT INTO phone_numbers (tenant_id, e164, is_always_open) VALUES ($1, $2, true)', [
        tenantId,
        dialled,
      ]),
    );
    expect((await new AgentDirectory(dataSource).findByNumber(asked))?.e164).toBe(dialled);
  });
});
