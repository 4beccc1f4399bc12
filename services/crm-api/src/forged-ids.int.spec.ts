import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  fillTenant,
  ForgedRequests,
  leaksOf,
  marksOf,
  tenantTables,
  type Row,
  type Table,
} from '@tandem/stack';
import { acrossTenants } from '@tandem/database';
import { RunningCrm } from './test/running-crm.ts';

/** In parts, since each has its limit of time: 5,000 in all. */
const PARTS = Array.from({ length: 10 }, (_, part) => part + 1);
const REQUESTS = 500;
const AT_ONCE = 10;

describe('requests with ids of another tenant', () => {
  let crm: RunningCrm;
  let key: string;
  let tables: Table[];
  let rows: Map<string, Row>;
  const victim = randomUUID();
  const kept = () =>
    acrossTenants(crm.dataSource, 'installation', async (transaction) => {
      const found: Record<string, unknown> = {};
      for (const { name, tenantColumn } of tables)
        found[name] = await transaction.query(
          `SELECT to_jsonb(kept) AS row FROM ${name} kept WHERE ${tenantColumn} = $1 ORDER BY 1`,
          [victim],
        );
      return found;
    });

  beforeAll(async () => {
    crm = await RunningCrm.start({ settings: { API_REQUESTS_PER_MINUTE: '1000000' } });
    key = (await crm.business(2)).apiKey;
    rows = await acrossTenants(crm.dataSource, 'installation', async (transaction) => {
      tables = await tenantTables(transaction);
      return fillTenant(transaction, tables, victim);
    });
    // A time that became free is offered to those who wait, whatever is asked.
    await crm.sql('DELETE FROM freed_times WHERE tenant_id = $1', victim);
  });
  afterAll(() => crm.stop());

  it.each(PARTS)(
    `show, change and delete none of its rows in ${REQUESTS} random requests, part %i`,
    async (part) => {
      const before = await kept();
      const marks = marksOf(rows.values());
      const requests = new ForgedRequests(
        (await crm.ask('GET', '/openapi.json')).body,
        rows,
        20_261_200 + part,
      );
      const statuses: Record<number, number> = {};
      const leaks: unknown[] = [];
      let left = REQUESTS;
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while ((left -= 1) >= 0) {
            const request = requests.next();
            const { method, path, body, contentType } = request;
            const headers = { 'content-type': contentType };
            const answer = await crm.ask(method, path, { as: key, body, headers });
            statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
            const shown = leaksOf(answer.text, marks);
            if (shown.length > 0 || answer.status === 500)
              leaks.push({ request, shown, status: answer.status });
          }
        }),
      );
      expect(leaks).toEqual([]);
      expect(await kept()).toEqual(before);
      // The requests are no nonsense: some do what they ask for, in their own tenant.
      expect(statuses[200]).toBeGreaterThan(REQUESTS / 20);
      expect(statuses[404]).toBeGreaterThan(REQUESTS / 20);
    },
    120_000,
  );
});
