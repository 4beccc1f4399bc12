import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectRedis } from '@tandem/call-state';
import type { TenantId } from '@tandem/contracts';
import {
  acrossTenants,
  AgentDirectory,
  createDataSource,
  MessageRepository,
  transact,
  type DataSource,
  type Message,
} from '@tandem/database';
import { QUEUE_PREFIX } from '@tandem/platform';
import { RunningIngress } from './running-ingress.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;
const OTHER_ACCOUNT = `AC${'b'.repeat(32)}`;
const EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

let ingress: RunningIngress;
let dataSource: DataSource;
let redis: ReturnType<typeof connectRedis>;
let tenantId: TenantId;
let number: string;
let lastNumber = 200;

const sql = async <Row>(text: string, ...values: unknown[]): Promise<Row[]> => {
  const rows: unknown = await acrossTenants(dataSource, 'installation', (manager) =>
    manager.query(text, values),
  );
  return rows as Row[];
};
const sid = () => `SM${randomUUID().replaceAll('-', '')}`;

beforeAll(async () => {
  ingress = await RunningIngress.start({
    settings: { TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_ACCOUNTS: `${OTHER_ACCOUNT}:token-of-b` },
  });
  dataSource = await createDataSource({ url: ingress.lines.postgres.url, poolSize: 2 }).initialize();
  redis = connectRedis(ingress.lines.redis.url, 'command');
});
afterAll(async () => {
  redis.disconnect();
  await dataSource.destroy();
  await ingress.stop();
});
beforeEach(async () => {
  tenantId = randomUUID() as TenantId;
  const agentId = randomUUID();
  number = `+12025550${(lastNumber += 1)}`;
  await sql(
    `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, $2, 'Spec', 'UTC')`,
    tenantId,
    `t-${tenantId}`,
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
    number,
    agentId,
  );
});

const form = (Body: string, more: Record<string, string> = {}) => ({
  MessageSid: sid(),
  AccountSid: ACCOUNT,
  From: '+12025550123',
  To: number,
  Body,
  NumMedia: '0',
  ...more,
});
const write = (body: string, more: Record<string, string> = {}) =>
  ingress.post('/twilio/sms', form(body, more));

interface Stored {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
}
const stored = () =>
  sql<Stored>('SELECT id, status, reason FROM messages WHERE tenant_id = $1 ORDER BY created_at', tenantId);
const verdicts = async () => (await stored()).map(({ status, reason }) => `${status} ${reason ?? ''}`.trim());
const consent = async () =>
  (await sql<{ state: string }>('SELECT state FROM message_optouts WHERE tenant_id = $1', tenantId)).map(
    ({ state }) => state,
  );

describe('a text message', () => {
  it('is stored, put into the queue by its id, and answered with nothing at once', async () => {
    expect(await write('Are you open on Saturday?')).toEqual({ status: 200, text: EMPTY });
    const [message] = await stored();
    expect(message?.status).toBe('received');
    const job = await redis.hgetall(`${QUEUE_PREFIX}:messages:message_${message?.id}`);
    expect(JSON.parse(job['data'] ?? '')).toEqual({ messageId: message?.id, tenantId });
    expect(JSON.stringify(job)).not.toMatch(/2025550|Saturday/);
  });

  it('that comes twice at the same moment is taken once', async () => {
    const same = form('Hello?');
    const answers = await Promise.all(Array.from({ length: 4 }, () => ingress.post('/twilio/sms', same)));
    expect(answers.map(({ status, text }) => [status, text])).toEqual(
      Array.from({ length: 4 }, () => [200, EMPTY]),
    );
    expect(await verdicts()).toEqual(['received']);
    expect(
      await sql(`SELECT 1 FROM outbox_events WHERE tenant_id = $1 AND type = 'message.received'`, tenantId),
    ).toHaveLength(1);
  });

  it('with a forged signature is refused and not stored', async () => {
    const forged = await ingress.post('/twilio/sms', form('Hello?'), 'another token');
    const status = await ingress.post(
      `/twilio/sms-status?m=${randomUUID()}`,
      { MessageSid: sid(), AccountSid: ACCOUNT, MessageStatus: 'delivered' },
      'another token',
    );
    expect([forged.status, status.status, await stored()]).toEqual([403, 403, []]);
  });

  it('to no number of ours, or from a name, is answered with nothing and not stored', async () => {
    expect((await write('Hi', { To: '+12025559999' })).text).toBe(EMPTY);
    expect((await write('Hi', { From: 'ACME' })).text).toBe(EMPTY);
    expect(await stored()).toEqual([]);
  });

  it('is bounded, and refused when it is none', async () => {
    await write('x'.repeat(5_000));
    const [{ length } = { length: 0 }] = await sql<{ length: number }>(
      'SELECT length(body) AS length FROM messages WHERE tenant_id = $1',
      tenantId,
    );
    expect(length).toBe(2_000);
    expect((await write('Hi', { MessageSid: 'DROP TABLE' })).status).toBe(400);
  });

  it('of pictures alone awaits an answer; one of nothing does not', async () => {
    await write('', { NumMedia: '2', MediaUrl0: 'https://example.com/a' });
    await write('  ');
    expect(await verdicts()).toEqual(['received', 'closed empty']);
  });

  it('of a blocked or not allowed sender gets no answer', async () => {
    await sql(`INSERT INTO blocked_callers (tenant_id, pattern) VALUES ($1, '+12025550123')`, tenantId);
    await write('Hello?');
    await sql(`UPDATE phone_numbers SET access_mode = 'allow-list' WHERE tenant_id = $1`, tenantId);
    await write('Hello?', { From: '+12025550124' });
    expect(await verdicts()).toEqual(['closed caller-blocked', 'closed caller-not-allowed']);
  });
});

describe('a word about consent', () => {
  it('is kept before anything else, also of a blocked sender, and stops every answer', async () => {
    await sql(`INSERT INTO blocked_callers (tenant_id, pattern) VALUES ($1, '+12025550123')`, tenantId);
    await write('Stop.');
    expect([await verdicts(), await consent()]).toEqual([['closed consent-stop'], ['out']]);
    await sql('DELETE FROM blocked_callers WHERE tenant_id = $1', tenantId);
    await write('And another thing');
    expect((await verdicts())[1]).toBe('closed opted-out');
    await write('START');
    await write('Hello again');
    expect([(await verdicts()).slice(2), await consent()]).toEqual([
      ['closed consent-start', 'received'],
      ['in'],
    ]);
  });

  it('is the carrier’s where it reads one, in any words', async () => {
    await write('no more of this', { OptOutType: 'STOP' });
    expect([await verdicts(), await consent()]).toEqual([['closed consent-stop'], ['out']]);
    await write('help');
    expect([(await verdicts())[1], await consent()]).toEqual(['closed consent-help', ['out']]);
  });

  it('holds for the number it was written to', async () => {
    await write('STOP');
    const messages = new MessageRepository(dataSource);
    const create = (ownAddress: string) =>
      transact(dataSource, tenantId, (transaction) =>
        messages.create(transaction, {
          tenantId,
          channel: 'sms',
          ownAddress,
          party: '+12025550123',
          body: 'Hello',
          callId: null,
          toolCallId: null,
        }),
      );
    expect(await create(number)).toBe('opted-out');
    expect(await create('+12025550999')).toMatchObject({ status: 'queued' });
  });
});

describe('a report on a message of ours', () => {
  let message: Message;
  let messages: MessageRepository;
  const providerId = sid();
  const report = (MessageStatus: string, more: Record<string, string> = {}, token?: string) =>
    ingress.post(
      `/twilio/sms-status?m=${message.id}`,
      { MessageSid: providerId, AccountSid: ACCOUNT, MessageStatus, ...more },
      token,
    );
  const status = async () => (await messages.find(tenantId, message.id))?.status;

  beforeEach(async () => {
    await sql('DELETE FROM messages');
    messages = new MessageRepository(dataSource);
    await write('Hello?');
    const [received] = await stored();
    message = (await messages.answer(tenantId, received!.id, 'Yes?'))!;
    await messages.claim(tenantId, message.id);
  });

  it('in any order never takes it back', async () => {
    expect((await report('delivered')).status).toBe(204);
    await messages.settle(tenantId, message.id, { status: 'accepted', providerId });
    for (const late of ['sent', 'queued', 'failed', 'not-a-status'])
      expect((await report(late)).status).toBe(204);
    expect(await status()).toBe('delivered');
    const events = await sql<{ status: string }>(
      `SELECT data->>'status' AS status FROM outbox_events WHERE tenant_id = $1 AND type = 'message.status'`,
      tenantId,
    );
    expect(events).toEqual([{ status: 'delivered' }]);
  });

  it('corrects one that was lost while it was handed over', async () => {
    await messages.settle(tenantId, message.id, { status: 'uncertain', reason: 'timeout' });
    await report('undelivered', { ErrorCode: '30003' });
    expect(await messages.find(tenantId, message.id)).toMatchObject({
      status: 'undelivered',
      reason: '30003',
      providerId,
    });
  });

  it('of another account, about another message or about none changes nothing', async () => {
    await messages.settle(tenantId, message.id, { status: 'accepted', providerId });
    await report('delivered', { AccountSid: OTHER_ACCOUNT }, 'token-of-b');
    await report('delivered', { MessageSid: sid() });
    expect(await status()).toBe('accepted');
    const unknown = await ingress.post(`/twilio/sms-status?m=${randomUUID()}`, {
      MessageSid: sid(),
      AccountSid: ACCOUNT,
      MessageStatus: 'sent',
    });
    expect(unknown.status).toBe(204);
    expect((await ingress.get('/metrics')).text).toMatch(
      /^tandem_message_reports_total\{outcome="unknown"[^}]*\} 3$/m,
    );
  });
});
