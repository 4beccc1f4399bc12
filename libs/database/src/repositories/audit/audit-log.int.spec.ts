import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditAct, PendingAct, TenantId } from '@tandem/contracts';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { auditCommand } from '../../audit/audit-command.ts';
import { verifyChains } from '../../audit/verify-chains.ts';
import { query, run, transact } from '../../connection/unit-of-work.ts';
import { runMigrations } from '../../connection/migrate.ts';
import { openBusiness } from '../../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../../test/fresh-database.ts';
import { TenantRepository } from '../tenants/tenant.repository.ts';
import { AuditLogRepository } from './audit-log.repository.ts';

const ACTOR = { kind: 'key', id: randomUUID() } as const;
const act = (change: Partial<AuditAct> = {}): AuditAct => ({
  actor: ACTOR,
  name: 'number.changed',
  objectId: randomUUID(),
  refusal: null,
  before: null,
  after: createHash('sha256').update('what it shows now').digest(),
  address: '203.0.113.9',
  reason: null,
  ...change,
});

let database: FreshDatabase;
let dataSource: DataSource;
let log: AuditLogRepository;
beforeAll(async () => {
  database = await freshDatabase();
  dataSource = await database.open(20);
  log = new AuditLogRepository(dataSource);
});
afterAll(() => database.drop());

const tenant = async () => (await openBusiness(dataSource, 0)).tenantId;
const sql = <Row>(text: string, ...parameters: unknown[]) =>
  run(dataSource, (manager) => query<Row>(manager, text, parameters));
const numbersOf = async (tenantId: TenantId) =>
  (
    await sql<{ seq: string }>(
      'SELECT entry.seq::text FROM audit_entries entry WHERE tenant_id = $1 ORDER BY entry.seq',
      tenantId,
    )
  ).map(({ seq }) => Number(seq));

async function findingsOf(tenantId: TenantId): Promise<unknown[]> {
  for await (const chain of verifyChains(database.url, { tenantId })) return [...chain.findings];
  return ['no chain'];
}

describe('the audit log of a tenant', () => {
  it('is a chain without gaps, however many write at once and some take it back', async () => {
    const [one, two] = [await tenant(), await tenant()];
    const write = async (at: number) => {
      const tenantId = at % 2 === 0 ? one : two;
      if (at % 5 !== 0) return log.append(tenantId, act());
      await transact(dataSource, async (transaction) => {
        await transaction.query('SELECT audit_append($1, $2)', [
          tenantId,
          { actorKind: 'key', name: 'number.changed' },
        ]);
        throw new RangeError('taken back');
      }).catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
    };
    await Promise.all(Array.from({ length: 200 }, (_, at) => write(at)));
    for (const tenantId of [one, two]) {
      expect(await numbersOf(tenantId)).toEqual(Array.from({ length: 80 }, (_, at) => at + 1));
      expect(await findingsOf(tenantId)).toEqual([]);
    }
  });

  it('is never changed: neither entries nor heads, one by one or all at once', async () => {
    const tenantId = await tenant();
    await log.append(tenantId, act());
    for (const [statement, ...parameters] of [
      ['UPDATE audit_entries SET act = act WHERE tenant_id = $1', tenantId],
      ['DELETE FROM audit_entries WHERE tenant_id = $1', tenantId],
      ['TRUNCATE audit_entries'],
      ['TRUNCATE audit_heads CASCADE'],
      ['DELETE FROM audit_heads WHERE tenant_id = $1', tenantId],
      ['UPDATE audit_heads SET seq = 0 WHERE tenant_id = $1', tenantId],
      ['UPDATE audit_heads SET hash = hash WHERE tenant_id = $1', tenantId],
    ] as const)
      await expect(sql(statement, ...parameters)).rejects.toMatchObject({ sqlState: '42501' });
    expect(await findingsOf(tenantId)).toEqual([]);
  });

  it('has no personal data in its digests and ids', async () => {
    const [one, two] = [await tenant(), await tenant()];
    for (const tenantId of [one, two, one]) await log.append(tenantId, act({ objectId: '+12025550123' }));
    const [first, second, other] = await sql<{ object_id: string; digest_after: string }>(
      'SELECT object_id, digest_after FROM audit_entries WHERE tenant_id IN ($1, $2) ' +
        'ORDER BY tenant_id = $2, seq',
      one,
      two,
    );
    expect(first!.object_id).toMatch(/^digest-[0-9a-f]{32}$/);
    expect([first!.object_id, first!.digest_after]).toEqual([second!.object_id, second!.digest_after]);
    expect(other!.object_id).not.toBe(first!.object_id);
    expect(other!.digest_after).not.toBe(first!.digest_after);
    const found = await log.list(one, { object: '+12025550123' }, { limit: 10 });
    expect(found.items.map(({ seq }) => seq)).toEqual([2, 1]);
  });

  it('is read in pages, newest first, by actor, act, object and time', async () => {
    const tenantId = await tenant();
    const objectId = randomUUID();
    const user = { kind: 'user', id: randomUUID() } as const;
    for (let at = 0; at < 12; at += 1)
      await log.append(
        tenantId,
        act({
          ...(at === 3 ? { objectId } : {}),
          ...(at === 4 ? { actor: user } : {}),
          ...(at === 5 ? { name: 'agent.published', reason: 'Quarterly review' } : {}),
        }),
      );
    const first = await log.list(tenantId, {}, { limit: 5 });
    expect(first.items.map(({ seq }) => seq)).toEqual([12, 11, 10, 9, 8]);
    const second = await log.list(tenantId, {}, { limit: 7, cursor: first.nextCursor! });
    expect([second.items.map(({ seq }) => seq), second.nextCursor]).toEqual([[7, 6, 5, 4, 3, 2, 1], null]);
    const seqs = async (filter: object) =>
      (await log.list(tenantId, filter, { limit: 20 })).items.map(({ seq }) => seq);
    expect(await seqs({ object: objectId })).toEqual([4]);
    expect(await seqs({ actor: user.id })).toEqual([5]);
    expect(await seqs({ act: 'agent.published' })).toEqual([6]);
    const middle = second.items[2]!.at;
    expect(
      [...(await seqs({ until: middle })), ...(await seqs({ from: middle }))].sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    expect(await seqs({ from: new Date(Date.now() + 60_000) })).toEqual([]);
    const exported = [];
    for await (const batch of log.export(tenantId, { actor: ACTOR.id })) exported.push(...batch);
    expect(exported).toHaveLength(11);
    await expect(log.list(tenantId, {}, { limit: 5, cursor: 'x' })).rejects.toThrow('cursor');
  });
});

describe('the act of a request', () => {
  const pending = (tenantId: TenantId): PendingAct => ({ tenantId, isRecorded: false, entryOf: () => act() });
  const rename = (tenantId: TenantId, isRefused: boolean) =>
    new TenantRepository(dataSource).change(tenantId, { companyName: 'Other' }, () => !isRefused);

  it('is recorded by the transaction that makes the change, once', async () => {
    const tenantId = await tenant();
    const asked = pending(tenantId);
    await log.during(asked, async () => {
      await sql('SELECT count(*) FROM tenants');
      expect(asked.isRecorded).toBe(false);
      await rename(tenantId, false);
      expect(asked.isRecorded).toBe(true);
      await rename(tenantId, false);
    });
    expect(await numbersOf(tenantId)).toEqual([1]);
  });

  it('is not recorded by one that only locked what it refused to change', async () => {
    const tenantId = await tenant();
    const asked = pending(tenantId);
    expect(await log.during(asked, () => rename(tenantId, true))).toBe('changed-meanwhile');
    expect([asked.isRecorded, await numbersOf(tenantId)]).toEqual([false, []]);
  });

  it('is gone with a change that is taken back', async () => {
    const tenantId = await tenant();
    const asked = pending(tenantId);
    await log
      .during(asked, () =>
        transact(dataSource, async (transaction) => {
          await transaction.query(`UPDATE tenants SET company_name = 'Other' WHERE id = $1`, [tenantId]);
          throw new RangeError('taken back');
        }),
      )
      .catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
    expect([asked.isRecorded, await numbersOf(tenantId)]).toEqual([false, []]);
  });

  it('that cannot be recorded takes its change back', async () => {
    const tenantId = await tenant();
    const broken = { ...act(), actor: { kind: 'stranger' as 'key', id: null } };
    const asked = { ...pending(tenantId), entryOf: () => broken };
    await expect(log.during(asked, () => rename(tenantId, false))).rejects.toMatchObject({
      sqlState: '23514',
    });
    expect(await sql('SELECT company_name FROM tenants WHERE id = $1', tenantId)).toEqual([
      { company_name: 'Test' },
    ]);
  });
});

describe('the role of the services', () => {
  it('can add entries by the function and read them, and do nothing else', async () => {
    const fresh = await freshDatabase({ isMigrated: false });
    const owner = new Client({ connectionString: fresh.url });
    await owner.connect();
    const role = `tandem_app_${randomUUID().slice(0, 8)}`;
    try {
      await owner.query(`CREATE ROLE ${role}`);
      await owner.query(`ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO ${role}`);
      await runMigrations(fresh.url);
      await owner.query(`SET ROLE ${role}`);
      const tenantId = randomUUID();
      await owner.query(
        `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, 'x', 'X', 'Europe/Berlin')`,
        [tenantId],
      );
      await owner.query('SELECT audit_append($1, $2)', [
        tenantId,
        { actorKind: 'key', name: 'number.changed' },
      ]);
      expect((await owner.query('SELECT act FROM audit_entries')).rows).toEqual([{ act: 'number.changed' }]);
      for (const statement of [
        'UPDATE audit_entries SET act = act',
        'DELETE FROM audit_entries',
        'TRUNCATE audit_entries',
        'INSERT INTO audit_entries SELECT * FROM audit_entries',
        'UPDATE audit_heads SET seq = seq + 1',
        'DELETE FROM audit_heads',
      ])
        await expect(owner.query(statement)).rejects.toThrow('permission denied');
    } finally {
      await owner.query('RESET ROLE');
      await owner.query(`DROP OWNED BY ${role}`);
      await owner.query(`DROP ROLE ${role}`);
      await owner.end();
      await fresh.drop();
    }
  });
});

describe('audit verify', () => {
  const ask = async (...argv: string[]) => {
    const written = { lines: [] as string[], notes: [] as string[] };
    const code = await auditCommand(argv, database.url, {
      line: (text) => written.lines.push(text),
      note: (text) => written.notes.push(text),
    });
    return { code, ...written };
  };

  it('ends with 0 and one line of JSON for each tenant when all is whole', async () => {
    const tenantId = await tenant();
    await log.append(tenantId, act());
    const whole = await ask('verify');
    expect([whole.code, whole.lines]).toEqual([0, []]);
    expect(whole.notes.at(-1)).toMatch(/^\d+ audit logs with \d+ entries are whole\.$/);
    const { code, lines } = await ask('verify', '--json', '--tenant', tenantId);
    expect([code, lines.map((line) => JSON.parse(line) as object)]).toEqual([
      0,
      [
        {
          tenantId,
          entries: 1,
          head: { seq: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
          findings: [],
          findingsCount: 0,
        },
      ],
    ]);
  });

  it('names what is wrong and ends with 2', async () => {
    const tenantId = await tenant();
    for (let at = 0; at < 3; at += 1) await log.append(tenantId, act());
    await sql('ALTER TABLE audit_entries DISABLE TRIGGER USER');
    await sql(`UPDATE audit_entries SET reason = 'x' WHERE tenant_id = $1 AND seq = 2`, tenantId);
    await sql('ALTER TABLE audit_entries ENABLE TRIGGER USER');
    const { code, lines } = await ask('verify', '--tenant', tenantId);
    expect([code, lines]).toEqual([2, [`${tenantId}: entry 2 was edited or moved`]]);
  });

  it.each([[['--json']], [['verify', '--nonsense']], [['verify', '--anchor', '/nowhere']], [['repair']]])(
    'refuses %j',
    async (argv) => {
      const { code, notes } = await ask(...argv);
      expect([code, notes[0]?.startsWith('Nothing was checked: ')]).toEqual([78, true]);
    },
  );

  it('explains itself', async () => {
    const { code, lines } = await ask('--help');
    expect([code, lines[0]?.startsWith('audit verify [--json]')]).toEqual([0, true]);
  });
});
