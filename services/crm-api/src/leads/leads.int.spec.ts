import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import { RunningCrm, serviceToken, type Answer } from '../test/running-crm.ts';

const SUMMARY = 'Wants a quote for a new boiler.';
const PHONE = '+12025550123';

describe('leads', () => {
  let crm: RunningCrm;
  let apiKey: string;
  let tenantId: TenantId;

  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  beforeEach(async () => void ({ apiKey, tenantId } = await crm.business()));
  afterAll(() => crm.stop());

  const add = (body: object, as = apiKey, key?: string): Promise<Answer> =>
    crm.ask('POST', '/v1/leads', { as, body: { summary: SUMMARY, ...body }, ...(key ? { key } : {}) });
  const list = async (query = '') =>
    (await crm.ask('GET', `/v1/leads${query}`, { as: apiKey })).body.items as { id: string }[];
  const events = () =>
    crm.sql<{ type: string; subject_kind: string; subject_id: string; data: Record<string, unknown> }>(
      `SELECT type, subject_kind, subject_id, data FROM outbox_events WHERE tenant_id = $1
       AND type LIKE 'lead.%' ORDER BY created_at`,
      tenantId,
    );

  it('belong to the contact of their number, which is made if there is none', async () => {
    const first = await add({ contactPhone: PHONE, name: 'Alex Morgan', urgency: 'high' });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      contact: { phone: PHONE, name: 'Alex Morgan' },
      name: 'Alex Morgan',
      summary: SUMMARY,
      source: 'api',
      urgency: 'high',
      stage: 'new',
      callId: null,
    });
    const { contact } = first.body as { contact: { id: string } };
    expect((await add({ contactId: contact.id })).body.contact).toEqual(contact);
    expect((await add({ name: 'Kim' })).body).toMatchObject({ contact: null, name: 'Kim' });
    expect(await list(`?contactPhone=${PHONE}`)).toHaveLength(2);
    expect(await list('?urgency=high')).toHaveLength(1);
    expect(await list()).toHaveLength(3);
  });

  it('are made once by a tool call, and told as what their call caused', async () => {
    const callId = randomUUID() as CallId;
    const as = await serviceToken(tenantId, callId);
    const key = `tc_${callId}_1_a`;
    const answers = await Promise.all(Array.from({ length: 5 }, () => add({ contactPhone: PHONE }, as, key)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ callId, source: 'call' });
    // The stored answer is kept for a week, the tool call's mark in the row for as long as the lead.
    await crm.sql('DELETE FROM idempotency_keys WHERE tenant_id = $1', tenantId);
    const late = await add({ contactPhone: PHONE }, as, key);
    expect([late.status, late.body.id]).toEqual([200, answers[0]?.body.id]);
    expect(await events()).toMatchObject([
      {
        type: 'lead.created',
        subject_kind: 'call',
        subject_id: callId,
        data: { leadId: late.body.id, callId, summary: SUMMARY, contact: { phone: PHONE } },
      },
    ]);
    expect((await add({ contactPhone: PHONE }, as, `tc_${callId}_1_b`)).status).toBe(201);
  });

  it('that no call caused are told as themselves', async () => {
    const { body } = await add({ name: 'Kim', source: 'web' });
    expect(await events()).toMatchObject([{ subject_kind: 'lead', subject_id: body.id }]);
  });

  it('move on, and are corrected', async () => {
    const { body } = await add({ name: 'Kim' });
    const { id } = body as { id: string };
    const contact = await crm.ask('POST', '/v1/contacts', { as: apiKey, body: { phone: PHONE } });
    const change = { stage: 'qualified', urgency: 'emergency', name: null, contactId: contact.body.id };
    const changed = await crm.ask('PATCH', `/v1/leads/${id}`, { as: apiKey, body: change });
    expect(changed.body).toMatchObject({
      stage: 'qualified',
      urgency: 'emergency',
      name: null,
      contact: { phone: PHONE },
      summary: SUMMARY,
    });
    expect((await crm.ask('GET', `/v1/leads/${id}`, { as: apiKey })).body).toEqual(changed.body);
    expect((await list('?stage=qualified')).map((lead) => lead.id)).toEqual([id]);
    expect(await list('?stage=new')).toEqual([]);
  });

  it('never name a contact of another tenant, nor one that is not there', async () => {
    const stranger = await crm.business();
    const theirs = await crm.ask('POST', '/v1/contacts', { as: stranger.apiKey, body: { phone: PHONE } });
    const own = await add({ name: 'Kim' });
    for (const contactId of [theirs.body.id, randomUUID()]) {
      const made = await add({ contactId });
      expect([made.status, made.body.code]).toEqual([422, 'unknown-contact']);
      const changed = await crm.ask('PATCH', `/v1/leads/${String(own.body.id)}`, {
        as: apiKey,
        body: { contactId },
      });
      expect([changed.status, changed.body.code]).toEqual([422, 'unknown-contact']);
    }
    expect(await list()).toHaveLength(1);
  });

  it('say who it is once, and store no card number', async () => {
    for (const body of [{}, { contactId: randomUUID(), contactPhone: PHONE }, { name: 'Kim', stage: 'cold' }])
      expect((await add(body)).status).toBe(400);
    const { body } = await add({ name: 'Kim', summary: 'Pays with 4111 1111 1111 1111.' });
    expect(body.summary).toBe('Pays with [card number].');
  });
});
