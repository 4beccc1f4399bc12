import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallId, TenantId } from '@tandem/contracts';
import { RunningCrm, serviceToken } from '../test/running-crm.ts';

const CALLER = '+12025550123';

describe('messages of agents', () => {
  let crm: RunningCrm;
  let tenantId: TenantId;
  let apiKey: string;
  let number: string;
  let lastNumber = 300;
  const callId = () => randomUUID() as CallId;

  beforeAll(async () => {
    crm = await RunningCrm.start({
      settings: {
        TWILIO_ACCOUNT_SID: `AC${'a'.repeat(32)}`,
        MAIL_FROM: 'Spec <office@spec.example>',
      },
    });
  });
  afterAll(() => crm.stop());
  beforeEach(async () => {
    ({ tenantId, apiKey } = await crm.business());
    number = `+12025550${(lastNumber += 1)}`;
    await crm.sql(
      'INSERT INTO phone_numbers (tenant_id, e164, is_always_open) VALUES ($1, $2, true)',
      tenantId,
      number,
    );
  });

  const sms = (text = 'Hello', more = {}) => ({ channel: 'sms', from: number, to: CALLER, text, ...more });
  const email = { channel: 'email', contactPhone: CALLER, subject: 'Hi', text: 'Hello' };
  const post = (body: unknown, as: string, key: string = randomUUID()) =>
    crm.ask('POST', '/v1/messages', { as, key, body });
  const stored = () =>
    crm.sql<{ party: string; body: string; call_id: string; tool_call_id: string }>(
      'SELECT party, own_address, body, status, call_id, tool_call_id FROM messages WHERE tenant_id = $1',
      tenantId,
    );

  it('are stored once per tool call, and wait to be sent', async () => {
    const call = callId();
    const token = await serviceToken(tenantId, call);
    const key = `tc_${call}_1_a`;
    const answers = await Promise.all([1, 2, 3].map(() => post(sms('It’s on Monday'), token, key)));
    expect(answers.map(({ status }) => status).filter((status) => status !== 409)).toContain(201);
    const again = await post(sms('It’s on Monday'), token, key);
    expect([again.status, again.body]).toEqual([
      201,
      expect.objectContaining({ channel: 'sms', status: 'queued', text: "It's on Monday" }),
    ]);
    expect(await stored()).toEqual([
      {
        party: CALLER,
        own_address: number,
        body: "It's on Monday",
        status: 'queued',
        call_id: call,
        tool_call_id: key,
      },
    ]);
  });

  it('are refused to a receiver who opted out, and from numbers of others', async () => {
    await crm.sql(
      `INSERT INTO message_optouts (tenant_id, own_address, party, state, source)
       VALUES ($1, $2, $3, 'out', 'message')`,
      tenantId,
      number,
      CALLER,
    );
    expect(await post(sms(), apiKey)).toMatchObject({ status: 409, body: { code: 'opted-out' } });
    const other = await crm.business();
    expect(await post(sms(), other.apiKey)).toMatchObject({ status: 422, body: { code: 'unknown-number' } });
    expect(await stored()).toEqual([]);
  });

  it('are five in a call at most', async () => {
    const token = await serviceToken(tenantId, callId());
    for (let count = 1; count <= 5; count += 1) expect((await post(sms(), token)).status).toBe(201);
    expect(await post(sms(), token)).toMatchObject({ status: 409, body: { code: 'too-many-messages' } });
  });

  it('are five in a call at most, to any recipients and when many come at once', async () => {
    const token = await serviceToken(tenantId, callId());
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => post({ ...sms(), to: `+1202555017${at}` }, token)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(await stored()).toHaveLength(5);
  });

  it('are the same for a tool call that is repeated, although five were sent in its call', async () => {
    const call = callId();
    const token = await serviceToken(tenantId, call);
    const keys = [1, 2, 3, 4, 5].map((at) => `tc_${call}_1_${at}`);
    for (const key of keys) await post(sms(), token, key);
    await crm.sql('DELETE FROM idempotency_keys WHERE tenant_id = $1', tenantId);
    expect((await post(sms(), token, keys[4])).status).toBe(201);
    expect(await stored()).toHaveLength(5);
  });

  it('by e-mail go to the address of the contact, which the request does not name', async () => {
    expect(await post(email, apiKey)).toMatchObject({ status: 422, body: { code: 'no-email' } });
    await crm.ask('POST', '/v1/contacts', {
      as: apiKey,
      body: { phone: CALLER, email: 'ada@example.com' },
    });
    expect((await post({ ...email, to: 'eve@example.com' }, apiKey)).status).toBe(400);
    expect((await post(email, apiKey)).status).toBe(201);
    expect(await stored()).toMatchObject([
      { party: 'ada@example.com', own_address: 'office@spec.example', body: 'Hello' },
    ]);
  });

  it('hold no card number, and no more than one text message', async () => {
    await post(sms('Card 4111 1111 1111 1111 it is'), apiKey);
    expect((await stored())[0]?.body).toBe('Card [card number] it is');
    expect((await post(sms('x'.repeat(321)), apiKey)).status).toBe(400);
  });

  it('say which channel is not set up', async () => {
    const bare = await RunningCrm.start();
    const { apiKey: key } = await bare.business();
    for (const [body, code] of [
      [sms(), 'sms-not-set-up'],
      [email, 'mail-not-set-up'],
    ] as const)
      expect(await bare.ask('POST', '/v1/messages', { as: key, body })).toMatchObject({
        status: 409,
        body: { code },
      });
    await bare.stop();
  });
});
