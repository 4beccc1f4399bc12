import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contextFor, ScriptedCrm } from '../test/scripted-crm.ts';
import { takeMessageHandler } from './handler.ts';

const left = { status: 201, body: { id: '0193b0f0-0000-4000-8000-000000000009', callbackAt: null } };

describe('take_message', () => {
  const crm = new ScriptedCrm();
  let url: string;
  beforeAll(async () => void (url = await crm.start()));
  afterAll(() => crm.stop());
  beforeEach(() => {
    crm.forget();
    crm.on('POST /v1/staff-messages', left);
  });

  const take = (input: object = {}, context: Parameters<typeof contextFor>[1] = {}) =>
    takeMessageHandler({ message: 'The gate is open on Friday.', ...input }, contextFor(url, context));

  it('leaves it in the name of the number that calls, under the tool call’s id', async () => {
    const input = { forWhom: 'Maria', urgency: 'low', name: 'Alex', callbackWanted: true };
    expect(await take({ ...input, phone: '+19995550100' })).toEqual({ status: 'ok', value: { left: true } });
    expect(crm.seen[0]?.body).toEqual({
      ...input,
      body: 'The gate is open on Friday.',
      contactPhone: '+12025550123',
    });
    expect(crm.seen[0]?.headers['idempotency-key']).toBe(contextFor(url).toolCallId);
  });

  it('needs a number only for a callback', async () => {
    const callerNumber = 'anonymous';
    expect((await take({}, { callerNumber })).status).toBe('ok');
    expect(await take({ callbackWanted: true }, { callerNumber })).toMatchObject({ reason: 'phone-needed' });
    expect(await take({ phone: '555' }, { callerNumber })).toMatchObject({ reason: 'bad-phone' });
    expect(crm.seen).toHaveLength(1);
  });
});
