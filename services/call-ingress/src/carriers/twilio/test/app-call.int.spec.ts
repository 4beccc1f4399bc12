import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RELAY_LEASE_MS, type AdmissionRecord } from '@tandem/call-state';
import type { RelayId, TenantId } from '@tandem/contracts';
import { acrossTenants, AgentDirectory, createDataSource } from '@tandem/database';
import { RunningIngress } from './running-ingress.ts';

const RELAY = 'relay-1' as RelayId;
const NUMBER = '+12025550177';

describe('a call that an app places', () => {
  let ingress: RunningIngress;

  beforeAll(async () => {
    ingress = await RunningIngress.start();
    const dataSource = await createDataSource({ url: ingress.lines.postgres.url, poolSize: 1 }).initialize();
    const tenantId = randomUUID() as TenantId;
    const agentId = randomUUID();
    const sql = (text: string, ...values: unknown[]) =>
      acrossTenants(dataSource, 'installation', (manager) => manager.query(text, values));
    await sql(
      `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, 'apps', 'Spec', 'UTC')`,
      tenantId,
    );
    await new AgentDirectory(dataSource).publish(tenantId, agentId, {
      name: 'Sarah',
      companyName: 'Spec',
      timeZone: 'UTC',
      instructions: 'Be kind.',
      model: { kind: 'guided' },
    });
    await sql(
      'INSERT INTO phone_numbers (tenant_id, e164, agent_id, is_always_open) VALUES ($1, $2, $3, true)',
      tenantId,
      NUMBER,
      agentId,
    );
    await dataSource.destroy();
    await ingress.state.relays.renew(
      {
        relayId: RELAY,
        address: 'ws://127.0.0.1:9000',
        capacity: 10,
        active: 0,
        isDraining: false,
        isOverloaded: false,
        revision: '',
        startedAt: 1_000,
      },
      [],
    );
  });
  afterAll(() => ingress.stop());

  async function admitted(form: Record<string, string>): Promise<AdmissionRecord> {
    const CallSid = `CA${randomUUID().replaceAll('-', '')}`;
    const answer = await ingress.post('/twilio/voice', {
      CallSid,
      To: NUMBER,
      CallStatus: 'ringing',
      Direction: 'inbound',
      ...form,
    });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('<Stream')]);
    expect(answer.text).not.toContain('47-11');
    const callId = await ingress.state.calls.findByCarrierId(CallSid);
    if (!callId) throw new TypeError('The call was not admitted.');
    const claim = await ingress.state.calls.claim(callId, RELAY, 1, RELAY_LEASE_MS);
    if (claim.outcome !== 'claimed') throw new TypeError(`The claim is ${claim.outcome}.`);
    return claim.record;
  }

  it('is admitted like any other, with what the app said of it', async () => {
    const record = await admitted({
      From: 'client:ada_1',
      orderId: '47-11',
      page: 'checkout',
      ApiVersion: 'x',
    });
    expect(record).toMatchObject({
      from: 'client:ada_1',
      to: NUMBER,
      parameters: { orderId: '47-11', page: 'checkout' },
    });
  });

  it('says nothing when it came over the telephone', async () => {
    const record = await admitted({ From: '+12025550123', orderId: '47-11' });
    expect(record.parameters).toBeUndefined();
  });
});
