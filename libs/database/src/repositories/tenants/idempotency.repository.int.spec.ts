import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KeyedRequest, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { openBusiness } from '../../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { acrossTenants, query, type Transaction } from '../../connection/unit-of-work.ts';
import { IdempotencyRepository } from './idempotency.repository.ts';

describe('idempotency keys', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let tenantId: TenantId;
  let keys: IdempotencyRepository;
  let impatient: IdempotencyRepository;
  let number = 0;

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    tenantId = (await openBusiness(dataSource, 0)).tenantId;
    keys = new IdempotencyRepository(dataSource, 60_000);
    impatient = new IdempotencyRepository(dataSource, -1000);
  });
  afterAll(() => database.drop());

  const request = (change: Partial<KeyedRequest> = {}): KeyedRequest => ({
    tenantId,
    key: `key-${number++}`,
    operation: 'POST /v1/bookings',
    hash: Buffer.alloc(32, 1),
    ...change,
  });
  const answer = { status: 201, body: { z: 1, a: [{ y: 2, b: 3 }] } };

  const none = () => null;
  /** An effect that writes a row. */
  const effectOf = (trace: string) => async (transaction: Transaction) => {
    await query(
      transaction,
      `INSERT INTO closed_dates (tenant_id, scope, date, name) SELECT $1, 'calls', date '2027-01-01' + ` +
        'count(*)::integer, $2 FROM closed_dates',
      [tenantId, trace],
    );
    return answer;
  };
  const effects = async () =>
    (
      await acrossTenants(dataSource, 'installation', (manager) =>
        query<{ name: string }>(manager, 'SELECT name FROM closed_dates'),
      )
    ).map((row) => row.name);

  async function claimOf(repository: IdempotencyRepository, asked: KeyedRequest): Promise<string> {
    const claim = await repository.claim(asked);
    if (claim.kind !== 'claimed') throw new TypeError(`expected a claim, got ${claim.kind}`);
    return claim.claim;
  }

  it('go to one of many at once', async () => {
    const asked = request();
    const claims = await Promise.all(Array.from({ length: 40 }, () => keys.claim(asked)));
    expect(claims.filter((claim) => claim.kind === 'claimed')).toHaveLength(1);
    expect(claims.filter((claim) => claim.kind === 'in-progress')).toHaveLength(39);
  });

  it('answer a repeat with the first answer, its keys in the same order', async () => {
    const asked = request();
    const claim = await claimOf(keys, asked);
    expect(await keys.perform(asked, claim, () => Promise.resolve(answer), none)).toEqual(answer);
    const repeat = await keys.claim(asked);
    expect(JSON.stringify(repeat)).toBe(JSON.stringify({ kind: 'answered', answer }));
  });

  it('refuse another body or another operation, done or not', async () => {
    const asked = request();
    const claim = await claimOf(keys, asked);
    const otherBody = { ...asked, hash: Buffer.alloc(32, 2) };
    const otherOperation = { ...asked, operation: 'DELETE /v1/bookings/1' };
    expect((await keys.claim(otherBody)).kind).toBe('other-request');
    await keys.perform(asked, claim, () => Promise.resolve(answer), none);
    expect((await keys.claim(otherBody)).kind).toBe('other-request');
    expect((await keys.claim(otherOperation)).kind).toBe('other-request');
  });

  it('belong to one tenant each', async () => {
    const asked = request();
    await claimOf(keys, asked);
    const stranger = (await openBusiness(dataSource, 0)).tenantId;
    expect((await keys.claim({ ...asked, tenantId: stranger })).kind).toBe('claimed');
  });

  it('of a dead owner are taken over once, and a slow owner cannot complete', async () => {
    const asked = request();
    const dead = await claimOf(keys, asked);
    const heirs = await Promise.all(Array.from({ length: 10 }, () => keys.claim(asked)));
    expect(heirs.every((heir) => heir.kind === 'in-progress')).toBe(true);
    const heir = await claimOf(impatient, asked);
    expect(await keys.perform(asked, dead, effectOf('dead'), none)).toBe('claim-lost');
    expect(await keys.perform(asked, heir, effectOf('heir'), none)).toEqual(answer);
    expect((await impatient.claim(asked)).kind).toBe('answered');
    expect(await effects()).toEqual(['heir']);
  });

  it('are free again at once when the effect breaks, and the effect is undone', async () => {
    const asked = request();
    const broken = keys.perform(
      asked,
      await claimOf(keys, asked),
      async (transaction) => {
        await effectOf('broken')(transaction);
        throw new RangeError('the effect broke');
      },
      none,
    );
    await expect(broken).rejects.toThrow('the effect broke');
    expect(await effects()).not.toContain('broken');
    expect(await keys.perform(asked, await claimOf(keys, asked), effectOf('second try'), none)).toEqual(
      answer,
    );
    expect(await effects()).toContain('second try');
  });

  it('keep a refusal as the answer, without what was done before it', async () => {
    const asked = request();
    const refusal = { status: 409, body: { code: 'slot-taken' } };
    const refused = await keys.perform(
      asked,
      await claimOf(keys, asked),
      async (transaction) => {
        await effectOf('refused')(transaction);
        // The transaction is broken by now, as it is after a violated constraint.
        await query(transaction, 'SELECT 1/0');
        return answer;
      },
      () => refusal,
    );
    expect(refused).toEqual(refusal);
    expect(await effects()).not.toContain('refused');
    expect(await keys.claim(asked)).toEqual({ kind: 'answered', answer: refusal });
  });

  it('are forgotten when they are old', async () => {
    const old = request();
    const fresh = request();
    await claimOf(keys, old);
    await claimOf(keys, fresh);
    await acrossTenants(dataSource, 'installation', (manager) =>
      query(manager, `UPDATE idempotency_keys SET created_at = now() - interval '8 days' WHERE key = $1`, [
        old.key,
      ]),
    );
    expect(await keys.purge(new Date(Date.now() - 7 * 86_400_000))).toBe(1);
    expect((await keys.claim(old)).kind).toBe('claimed');
    expect((await keys.claim(fresh)).kind).toBe('in-progress');
  });
});
