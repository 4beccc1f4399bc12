import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import { AuditLogRepository, verifyChains, type AuditEntry } from '@tandem/database';
import { nineOclock, RunningCrm, serviceToken } from '../test/running-crm.ts';

const PHONE = '+12025550123';

describe('the audit log of a business', () => {
  let crm: RunningCrm;
  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());

  const entries = async (tenantId: TenantId): Promise<readonly AuditEntry[]> =>
    (await new AuditLogRepository(crm.dataSource).list(tenantId, {}, { limit: 100 })).items;

  it('has an appointment that a tool booked in a call, with the call, and no name or number', async () => {
    const { tenantId } = await crm.business();
    const callId = randomUUID() as CallId;
    const booked = await crm.ask('POST', '/v1/bookings', {
      as: await serviceToken(tenantId, callId),
      body: { service: 'plumbing', start: nineOclock(3), contactPhone: PHONE, name: 'Ada Canary' },
    });
    expect(booked.status).toBe(201);
    const [entry, ...others] = await entries(tenantId);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      actor: { kind: 'service', id: callId, name: null },
      act: 'booking.created',
      object: { kind: 'booking', id: booked.body.id },
    });
    const stored = JSON.stringify(
      await crm.sql('SELECT * FROM audit_entries WHERE tenant_id = $1', tenantId),
    );
    for (const canary of [PHONE.slice(1), 'Canary']) expect(stored).not.toContain(canary);
  });

  it('has no appointment that was refused, and of many at once the one that was made', async () => {
    const { tenantId, apiKey } = await crm.business();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        crm.ask('POST', '/v1/bookings', {
          as: apiKey,
          body: { service: 'plumbing', start: nineOclock(3), contactPhone: PHONE },
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await entries(tenantId)).map(({ act }) => act)).toEqual(['booking.created']);
  });

  it('is whole after many changes at once', async () => {
    const { tenantId, apiKey } = await crm.business(4);
    await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        crm.ask('POST', '/v1/leads', { as: apiKey, body: { name: `Lead ${at}`, summary: 'Wants a quote.' } }),
      ),
    );
    const numbers = (await entries(tenantId)).map(({ seq }) => seq);
    expect(numbers).toEqual(Array.from({ length: 60 }, (_, at) => 60 - at));
    for await (const chain of verifyChains(crm.databaseUrl, { tenantId })) expect(chain.findings).toEqual([]);
  });

  it('has files that were taken, once they begin', async () => {
    const { tenantId, apiKey } = await crm.business();
    expect((await crm.ask('GET', '/v1/leads.csv?stage=x', { as: apiKey })).status).toBe(400);
    expect((await crm.ask('GET', '/v1/contacts.csv', { as: apiKey })).status).toBe(200);
    expect((await entries(tenantId)).map(({ act }) => act)).toEqual(['contact.exported']);
  });
});
