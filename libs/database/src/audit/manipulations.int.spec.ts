import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditAct, TenantId } from '@tandem/contracts';
import { Client } from 'pg';
import { AuditLogRepository } from '../repositories/audit/audit-log.repository.ts';
import { openBusiness } from '../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../test/fresh-database.ts';
import type { ChainHead } from './chain-check.ts';
import { verifyChains, type VerifiedChain } from './verify-chains.ts';

/** Entries of the chain that is manipulated. */
const LENGTH = 12;
const MANIPULATIONS = 1_000;
const COLUMNS = [
  ...['tenant_id', 'seq', 'at', 'actor_kind', 'actor_id', 'act', 'object_kind', 'object_id', 'refusal'],
  ...['digest_before', 'digest_after', 'address', 'reason', 'previous_hash', 'hash'],
];

/** Numbers that look random and are the same in each run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

const actOf = (at: number): AuditAct => ({
  actor: { kind: at % 3 === 0 ? 'service' : 'key', id: at % 4 === 0 ? null : randomUUID() },
  name: at % 2 === 0 ? 'number.changed' : 'agent.published',
  objectId: at % 5 === 0 ? '+12025550123' : randomUUID(),
  refusal: at % 6 === 0 ? 'scope-missing' : null,
  before: at % 2 === 0 ? createHash('sha256').update(`before ${at}`).digest() : null,
  after: createHash('sha256').update(`after ${at}`).digest(),
  address: at % 3 === 0 ? null : '203.0.113.9',
  reason: at % 4 === 0 ? 'Grüße, 12:3' : null,
});

describe('a manipulated audit log', () => {
  let database: FreshDatabase;
  let attacker: Client;
  let tenantId: TenantId;
  let other: TenantId;

  beforeAll(async () => {
    database = await freshDatabase();
    const dataSource = await database.open();
    const log = new AuditLogRepository(dataSource);
    ({ tenantId } = await openBusiness(dataSource, 0));
    other = (await openBusiness(dataSource, 0)).tenantId;
    for (let at = 0; at < LENGTH; at += 1) await log.append(tenantId, actOf(at));
    for (let at = 0; at < 3; at += 1) await log.append(other, actOf(at));
    attacker = new Client({ connectionString: database.url });
    await attacker.connect();
    // What only the owner of the tables can do: nothing in the database stands in the way any more.
    await attacker.query('ALTER TABLE audit_entries DISABLE TRIGGER USER');
    await attacker.query('ALTER TABLE audit_heads DISABLE TRIGGER USER');
    await attacker.query('ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_pkey');
    await attacker.query('ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_seq_check');
    await attacker.query('CREATE TABLE kept AS SELECT * FROM audit_entries');
    await attacker.query('CREATE TABLE kept_heads AS SELECT * FROM audit_heads');
  });
  afterAll(async () => {
    await attacker.end();
    await database.drop();
  });

  const sql = (text: string, ...parameters: unknown[]) => attacker.query(text, parameters);

  async function found(): Promise<VerifiedChain[]> {
    const chains: VerifiedChain[] = [];
    for await (const chain of verifyChains(database.url)) chains.push(chain);
    return chains;
  }

  const restore = async () => {
    await sql('TRUNCATE audit_entries, audit_heads');
    await sql('INSERT INTO audit_entries SELECT * FROM kept');
    await sql('INSERT INTO audit_heads SELECT * FROM kept_heads');
  };

  /** Gives the entries from a number on the hashes an attacker would compute. */
  const rechain = (from: number) =>
    sql(
      `DO $$
       DECLARE entry audit_entries; previous bytea;
       BEGIN
         FOR entry IN SELECT * FROM audit_entries
             WHERE tenant_id = '${tenantId}' AND seq >= ${from} ORDER BY seq LOOP
           SELECT hash INTO previous FROM audit_entries
             WHERE tenant_id = '${tenantId}' AND seq < entry.seq ORDER BY seq DESC LIMIT 1;
           entry.previous_hash := coalesce(previous, decode(repeat('00', 32), 'hex'));
           UPDATE audit_entries SET previous_hash = entry.previous_hash,
             hash = sha256(entry.previous_hash || convert_to(audit_entry_text(entry), 'UTF8'))
           WHERE tenant_id = '${tenantId}' AND seq = entry.seq;
         END LOOP;
       END $$`,
    );

  const edit = (column: string, seq: number, salt: number) => {
    const values: Record<string, string> = {
      tenant_id: `'${other}'`,
      seq: `${seq} + ${LENGTH + 1 + salt}`,
      at: `at + ${salt + 1} * interval '1 ms'`,
      actor_kind: `CASE actor_kind WHEN 'user' THEN 'key' ELSE 'user' END`,
      previous_hash: `sha256(convert_to('${salt}', 'UTF8'))`,
      hash: `sha256(convert_to('${salt}', 'UTF8'))`,
    };
    const emptied = `CASE WHEN ${column} IS NULL OR ${salt % 2 === 0} THEN 'x${salt}' END`;
    const value = values[column] ?? (['act', 'object_kind'].includes(column) ? `'x${salt}'` : emptied);
    return sql(
      `UPDATE audit_entries SET ${column} = ${value} WHERE tenant_id = $1 AND seq = $2`,
      tenantId,
      seq,
    );
  };

  const swap = async (one: number, another: number) => {
    await sql(
      'UPDATE audit_entries SET seq = -seq WHERE tenant_id = $1 AND seq IN ($2, $3)',
      tenantId,
      one,
      another,
    );
    await sql(
      'UPDATE audit_entries SET seq = CASE seq WHEN -$2::bigint THEN $3::bigint ELSE $2::bigint END ' +
        'WHERE tenant_id = $1 AND seq < 0',
      tenantId,
      one,
      another,
    );
  };

  const insertCopy = (of: number, as: number) =>
    sql(
      `INSERT INTO audit_entries SELECT tenant_id, $3::bigint, at, actor_kind, actor_id, 'forged.act',
         object_kind, object_id, refusal, digest_before, digest_after, address, reason, previous_hash, hash
       FROM audit_entries WHERE tenant_id = $1 AND seq = $2`,
      tenantId,
      of,
      as,
    );

  const shift = (from: number, by: number) =>
    sql('UPDATE audit_entries SET seq = seq + $3 WHERE tenant_id = $1 AND seq >= $2', tenantId, from, by);

  const remove = (from: number, until = from) =>
    sql('DELETE FROM audit_entries WHERE tenant_id = $1 AND seq BETWEEN $2 AND $3', tenantId, from, until);

  /** Each changes the log of the tenant in one way; numbers come from the random source. */
  const WAYS: Record<string, (random: (below: number) => number) => Promise<unknown>> = {
    edit: (random) => edit(COLUMNS[random(COLUMNS.length)]!, 1 + random(LENGTH), random(50)),
    'edit and rechain': async (random) => {
      const seq = 1 + random(LENGTH);
      await edit(COLUMNS[2 + random(COLUMNS.length - 4)]!, seq, random(50));
      await rechain(seq);
    },
    'edit and rehash the entry alone': async (random) => {
      const seq = 1 + random(LENGTH - 1);
      await edit('act', seq, random(50));
      await sql(
        `UPDATE audit_entries entry
         SET hash = sha256(previous_hash || convert_to(audit_entry_text(entry), 'UTF8'))
         WHERE tenant_id = $1 AND seq = $2`,
        tenantId,
        seq,
      );
    },
    'delete one': (random) => remove(1 + random(LENGTH)),
    'delete the first': (random) => remove(1, 1 + random(LENGTH - 1)),
    'delete the last': (random) => remove(1 + random(LENGTH), LENGTH),
    'delete and close the gap': async (random) => {
      const seq = 1 + random(LENGTH);
      await remove(seq);
      await shift(seq + 1, -1);
      await rechain(seq);
    },
    insert: (random) => insertCopy(1 + random(LENGTH), random(LENGTH + 3)),
    'insert and make room': async (random) => {
      const seq = 1 + random(LENGTH);
      await shift(seq, 1);
      await insertCopy(seq + 1, seq);
      await rechain(seq);
    },
    swap: async (random) => {
      const one = 1 + random(LENGTH - 1);
      await swap(one, one + 1 + random(LENGTH - one));
    },
    'swap and rechain': async (random) => {
      const one = 1 + random(LENGTH - 1);
      await swap(one, one + 1 + random(LENGTH - one));
      await rechain(one);
    },
    reverse: async (random) => {
      const from = 1 + random(LENGTH - 1);
      await sql(
        'UPDATE audit_entries SET seq = $2::bigint + $3::bigint - seq WHERE tenant_id = $1 AND seq >= $2',
        tenantId,
        from,
        LENGTH,
      );
    },
    'delete the head': () => sql('DELETE FROM audit_heads WHERE tenant_id = $1', tenantId),
    'delete everything': async () => {
      await remove(1, LENGTH);
      await sql('DELETE FROM audit_heads WHERE tenant_id = $1', tenantId);
    },
  };

  it('is found, however it was manipulated, and one that is whole never is', async () => {
    const random = randomOf(20_261_201);
    const names = Object.keys(WAYS);
    const unseen: string[] = [];
    for (let run = 0; run < MANIPULATIONS; run += 1) {
      const name = names[run % names.length]!;
      await WAYS[name]!(random);
      const chains = await found();
      if (!chains.some(({ findingsCount }) => findingsCount > 0)) unseen.push(`${run} ${name}`);
      await restore();
    }
    expect(unseen).toEqual([]);
    for (const { findings, entries } of await found()) expect([findings, entries > 0]).toEqual([[], true]);
  }, 300_000);

  const namesOf = async () => {
    const { findings } = (await found()).find((chain) => chain.tenantId === tenantId)!;
    return [...findings].sort((a, b) => a.seq - b.seq || (a.fault < b.fault ? -1 : 1));
  };

  it.each<[string, () => Promise<unknown>, object[]]>([
    ['an edited entry', () => edit('act', 5, 1), [{ fault: 'changed', seq: 5 }]],
    ['a deleted entry', () => remove(5), [{ fault: 'missing', seq: 5 }]],
    ['deleted entries', () => remove(1, 3), [{ fault: 'missing', seq: 1, until: 3 }]],
    ['the newest, deleted', () => remove(LENGTH), [{ fault: 'missing', seq: LENGTH }]],
    [
      'swapped entries',
      () => swap(4, 9),
      [
        { fault: 'changed', seq: 4 },
        { fault: 'changed', seq: 9 },
      ],
    ],
    [
      'a chain that was written anew',
      () => edit('act', 5, 1).then(() => rechain(5)),
      [{ fault: 'rewritten', seq: LENGTH }],
    ],
  ])('names %s', async (_what, manipulate, findings) => {
    await manipulate();
    const names = await namesOf();
    await restore();
    expect(names).toEqual(findings);
  });

  it('names the number that two entries have', async () => {
    await insertCopy(3, 7);
    const names = await namesOf();
    await restore();
    expect(new Set(names.map(({ seq }) => seq))).toEqual(new Set([7]));
  });

  it('that was rewritten together with its head differs from a head kept elsewhere', async () => {
    const [kept] = (await found()).filter((chain) => chain.tenantId === tenantId);
    await edit('act', 5, 1);
    await rechain(5);
    await sql(
      `UPDATE audit_heads SET hash = (SELECT hash FROM audit_entries WHERE tenant_id = $1 AND seq = $2)
       WHERE tenant_id = $1`,
      tenantId,
      LENGTH,
    );
    expect(await namesOf()).toEqual([]);
    const anchors = new Map<string, ChainHead>([[tenantId, kept!.head!]]);
    const findings = [];
    for await (const chain of verifyChains(database.url, { anchors })) findings.push(...chain.findings);
    expect(findings).toEqual([{ fault: 'rewritten', seq: LENGTH }]);
    await restore();
    expect(await namesOf()).toEqual([]);
  });
});
