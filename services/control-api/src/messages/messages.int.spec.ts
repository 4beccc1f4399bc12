import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallId } from '@tandem/contracts';
import { acrossTenants, MessageRepository } from '@tandem/database';
import { RunningControl, type Operator } from '../test/running-control.ts';

describe('the list of messages', () => {
  let control: RunningControl;
  let operator: Operator;
  const callId = randomUUID() as CallId;

  beforeAll(async () => {
    control = await RunningControl.start();
    operator = await control.operator();
    const messages = new MessageRepository(control.dataSource);
    const ours = { tenantId: operator.tenantId, ownAddress: operator.e164 };
    const received = await messages.receive({
      ...ours,
      channel: 'sms',
      party: '+12025550123',
      body: 'Are you open?',
      mediaCount: 1,
      accountId: null,
      providerId: `SM${randomUUID()}`,
      consent: null,
      refusal: null,
    });
    await messages.answer(operator.tenantId, received!.id, 'Yes.');
    await acrossTenants(control.dataSource, 'installation', (transaction) =>
      messages.create(transaction, {
        ...ours,
        channel: 'email',
        ownAddress: 'office@spec.example',
        party: 'ada@example.com',
        subject: 'Hi',
        body: 'Hello',
        callId,
        toolCallId: null,
      }),
    );
  });
  afterAll(() => control.stop());

  const list = async (query: string) => {
    const { status, body } = await control.ask('GET', `/v1/messages${query}`, operator.apiKey);
    expect(status).toBe(200);
    return body as { items: Record<string, unknown>[]; nextCursor: string | null };
  };

  it('has both directions, newest first, in pages', async () => {
    const first = await list('?limit=2');
    expect(first.items.map(({ channel, direction }) => `${String(channel)} ${String(direction)}`)).toEqual([
      'email outbound',
      'sms outbound',
    ]);
    const { items, nextCursor } = await list(`?limit=2&cursor=${first.nextCursor}`);
    expect(nextCursor).toBeNull();
    expect(items).toMatchObject([
      { from: '+12025550123', to: operator.e164, text: 'Are you open?', mediaCount: 1, status: 'answered' },
    ]);
  });

  it('is that of a party, a channel or a call', async () => {
    expect((await list('?party=+1 (202) 555-0123')).items).toHaveLength(2);
    expect((await list('?party=ada@example.com')).items).toHaveLength(1);
    expect((await list('?channel=email')).items).toHaveLength(1);
    expect((await list(`?callId=${callId}`)).items).toMatchObject([{ subject: 'Hi', callId }]);
    expect((await list(`?callId=${randomUUID()}`)).items).toEqual([]);
  });

  it('is that of the own tenant', async () => {
    const { apiKey } = await control.operator();
    expect((await control.ask('GET', '/v1/messages', apiKey)).body).toEqual({ items: [], nextCursor: null });
  });
});
