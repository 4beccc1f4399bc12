import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Message } from '@tandem/database';
import { NUMBER, RunningMessages } from './test/running-messages.ts';

let running: RunningMessages;
beforeAll(async () => {
  running = await RunningMessages.start();
});
afterAll(() => running.stop());
beforeEach(() => running.begin());

const states = async () => (await running.all()).map(({ direction, status }) => `${direction} ${status}`);
const sentTexts = () => running.sentSms.map(({ body }) => body);

/** The messages the model was asked with, without its instructions. */
const asked = (index: number) =>
  ((running.model.seen[index]?.body['messages'] ?? []) as { role: string; content: string }[]).slice(1);

describe('an answer to a text message', () => {
  it('is the model’s, and sent from the number that was written to', async () => {
    const message = await running.receive('Are you open?');
    await running.enqueue(message);
    await running.reaches(message, 'answered');
    const [, answer] = await running.all();
    expect(await running.reaches(answer!, 'accepted')).toMatchObject({
      threadId: message.threadId,
      answersId: message.id,
      providerId: running.sentSms[0]?.sid,
    });
    expect(running.sentSms).toMatchObject([
      { from: NUMBER, to: running.party, body: 'We are open until five.' },
    ]);
    expect(asked(0)).toEqual([{ role: 'user', content: 'Are you open?' }]);
    expect(JSON.stringify(running.model.seen[0]?.body)).toContain('We are open from eight to five.');
  });

  it('is sent once, whatever the number of its jobs', async () => {
    const message = await running.receive('Are you open?');
    const answer = (await running.messages.answer(running.tenantId, message.id, 'Yes.'))!;
    expect(await running.messages.answer(running.tenantId, message.id, 'Yes, twice.')).toBeNull();
    await Promise.all([1, 2, 3].map(() => running.sender.send(running.tenantId, answer.id)));
    expect(sentTexts()).toEqual(['Yes.']);
  });

  it('has at most 320 characters and ends with a sentence', async () => {
    running.model.script({ text: '“We open at eight.” Please come by at any time. '.repeat(12) });
    const message = await running.receive('Are you open?');
    await running.enqueue(message);
    await running.reaches(message, 'answered');
    await running.reaches((await running.all())[1]!, 'accepted');
    const [text = ''] = sentTexts();
    expect([text.length <= 320, text.length > 200, /time\.$|eight\."$/.test(text)]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('is written from the last ten messages of the last twelve hours', async () => {
    await running.receive('An old message');
    await running.sql(
      `UPDATE messages SET created_at = now() - interval '13 hours' WHERE tenant_id = $1`,
      running.tenantId,
    );
    let latest: Message | undefined;
    for (let index = 1; index <= 12; index += 1) latest = await running.receive(`Message ${index}`);
    await running.enqueue(latest!);
    await running.reaches(latest!, 'answered');
    expect(asked(0).map(({ content }) => content)).toEqual(
      Array.from({ length: 10 }, (_, index) => `Message ${index + 3}`),
    );
  });

  it('to pictures alone asks for words, without a model', async () => {
    const message = await running.receive('', { mediaCount: 2 });
    await running.enqueue(message);
    await running.reaches(message, 'answered');
    expect(running.model.seen).toHaveLength(0);
    expect((await running.all())[1]?.body).toContain('cannot open pictures');
  });

  it('is not sent to somebody who wrote STOP meanwhile', async () => {
    const message = await running.receive('Are you open?');
    await running.receive('STOP', { consent: 'stop' });
    await running.enqueue(message);
    await running.reaches(message, 'answered');
    const answer = (await running.all()).find(({ answersId }) => answersId === message.id);
    expect(await running.reaches(answer!, 'suppressed')).toMatchObject({ reason: 'opted-out' });
    expect(sentTexts()).toEqual([]);
    expect((await running.receive('Hello?')).status).toBe('closed');
  });

  it('follows the carrier that knows of a STOP we do not', async () => {
    await running.twilio.receiveSms({
      from: running.party,
      to: NUMBER,
      body: 'STOP',
      smsUrl: 'http://127.0.0.1:9/',
    });
    const message = await running.receive('Are you open?');
    await running.enqueue(message);
    await running.reaches(message, 'answered');
    const answer = (await running.all()).find(({ answersId }) => answersId === message.id);
    await running.reaches(answer!, 'suppressed');
    expect(await running.create()).toBe('opted-out');
    expect(
      await running.sql('SELECT state, source FROM message_optouts WHERE tenant_id = $1', running.tenantId),
    ).toEqual([{ state: 'out', source: 'carrier' }]);
    await running.twilio.receiveSms({
      from: running.party,
      to: NUMBER,
      body: 'START',
      smsUrl: 'http://127.0.0.1:9/',
    });
  });

  it('ends after thirty in a thread, as two machines would go on for ever', async () => {
    const first = await running.receive('ping');
    await running.sql(
      `INSERT INTO messages (tenant_id, thread_id, direction, channel, own_address, party, body, status,
         answers_id)
       SELECT tenant_id, thread_id, 'inbound', channel, own_address, party, body, 'answered', NULL
       FROM messages, generate_series(1, 30) WHERE id = $1`,
      first.id,
    );
    await running.sql(
      `INSERT INTO messages (tenant_id, thread_id, direction, channel, own_address, party, body, status,
         answers_id)
       SELECT tenant_id, thread_id, 'outbound', channel, own_address, party, 'pong', 'delivered', id
       FROM messages WHERE thread_id = $1 AND status = 'answered'`,
      first.threadId,
    );
    expect(await running.receive('ping')).toMatchObject({ status: 'closed', reason: 'thread-full' });
  });

  it('stays away when the model’s key is refused, and says why', async () => {
    running.model.script({ status: 401 });
    const message = await running.receive('Are you open?');
    await running.enqueue(message);
    expect(await running.reaches(message, 'closed')).toMatchObject({ reason: 'model-failed' });
  });

  it('comes when the model fails for a moment', async () => {
    running.model.script(...[1, 2, 3, 4].map(() => ({ status: 503 })), { text: 'Yes.' });
    const message = await running.receive('Are you open?');
    await running.enqueue(message);
    await running.reaches(message, 'answered');
    expect((await running.all())[1]?.body).toBe('Yes.');
  });

  it('says that web search is not set up to an agent that has it', async () => {
    await running.begin({ tools: ['web_search'] });
    running.model.script(
      { calls: [{ name: 'web_search', input: { query: 'weather' } }] },
      { text: 'I do not know.' },
    );
    const message = await running.receive('What is the weather?');
    await running.enqueue(message);
    await running.reaches(message, 'answered');
    expect(asked(1).at(-1)).toMatchObject({
      role: 'tool',
      content: expect.stringContaining('not set up'),
    });
  });
});

describe('a model that searches and searches', () => {
  it('must answer in words after its second search', async () => {
    await running.begin({ tools: ['web_search'] });
    const search = { calls: [{ name: 'web_search', input: { query: 'weather' } }] };
    running.model.script(search, search, { text: 'I do not know.' });
    const message = await running.receive('What is the weather?');
    await running.enqueue(message);
    await running.reaches(message, 'answered');
    expect(running.model.seen.map(({ body }) => body['tool_choice'])).toEqual([undefined, undefined, 'none']);
  });
});

describe('an answer that its carrier did not take', () => {
  it('is handed over again by the same job, and by no other', async () => {
    const message = await running.receive('Are you open?');
    const answer = (await running.messages.answer(running.tenantId, message.id, 'Yes.'))!;
    await running.messages.claim(running.tenantId, answer.id);
    await running.messages.release(running.tenantId, answer.id);
    await running.enqueue(message);
    await running.reaches(answer, 'accepted');
    expect(sentTexts()).toEqual(['Yes.']);
  });
});

describe('a message of ours', () => {
  it('without a job is found and sent', async () => {
    const message = (await running.create()) as Message;
    await running.reaches(message, 'accepted');
    expect(sentTexts()).toEqual(['Your appointment is on Monday.']);
  });

  it('is stored once per tool call', async () => {
    const [first, second] = (await Promise.all(
      [1, 2].map(() => running.create({ toolCallId: 'tc_same' as never })),
    )) as Message[];
    expect(first!.id).toBe(second!.id);
  });

  it('from a number that is not ours fails with the carrier’s code', async () => {
    const message = (await running.create({ ownAddress: '+12025550999' })) as Message;
    expect(await running.reaches(message, 'failed')).toMatchObject({ reason: '21606' });
    const events = await running.sql<{ data: object }>(
      `SELECT data FROM outbox_events WHERE tenant_id = $1 AND type = 'message.status'`,
      running.tenantId,
    );
    expect(events).toMatchObject([{ data: { messageId: message.id, status: 'failed', reason: '21606' } }]);
  });

  it('whose worker was lost is never sent a second time', async () => {
    const message = (await running.create()) as Message;
    await running.sql(
      `UPDATE messages SET status = 'sending', changed_at = now() - interval '3 minutes' WHERE id = $1`,
      message.id,
    );
    expect(await running.reaches(message, 'uncertain')).toMatchObject({ reason: 'worker-lost' });
    await running.sender.send(running.tenantId, message.id);
    expect(sentTexts()).toEqual([]);
  });

  it('that waited a quarter of an hour expires', async () => {
    const message = await running.receive('Are you open?');
    await running.sql(
      `UPDATE messages SET created_at = now() - interval '16 minutes', due_at = now() + interval '1 hour'
       WHERE id = $1`,
      message.id,
    );
    expect(await running.reaches(message, 'closed')).toMatchObject({ reason: 'expired' });
    expect(await states()).toEqual(['inbound closed']);
  });
});

describe('an e-mail', () => {
  const mail = { channel: 'email', ownAddress: 'office@spec.example', party: 'ada@example.com' } as const;
  const create = async (subject: string, body: string) =>
    (await running.create({ ...mail, subject, body })) as Message;

  beforeEach(() => void (running.mail.taken.length = 0));

  it('is sent as text and HTML, marked as an assistant’s, with nothing of it as markup', async () => {
    const message = await create(
      'Your appointment\r\nBcc: eve@example.com',
      'Hello <b>Ada</b>,\n\n- Monday & Tuesday\n- <img src=x>\n\nSarah',
    );
    const sent = await running.reaches(message, 'sent');
    const [taken] = running.mail.taken;
    expect([taken?.from, taken?.to]).toEqual(['office@spec.example', ['ada@example.com']]);
    expect(taken?.raw).toMatch(/^X-From-Ai-Assistant: true\r$/im);
    expect(taken?.raw).toMatch(/^Auto-Submitted: auto-generated\r$/im);
    expect(taken?.raw).not.toMatch(/^Bcc:/im);
    expect(sent.providerId).toBe(`<${message.id}@spec.example>`);
    const html = taken?.raw.slice(taken.raw.indexOf('text/html')) ?? '';
    expect(html).toContain('&lt;b&gt;Ada&lt;/b&gt;');
    expect(html).toContain('<li>Monday &amp; Tuesday</li>');
    expect(html).not.toContain('<img');
  });

  it('is handed over again when the server refuses it for the moment', async () => {
    running.mail.fail({ code: 451 });
    await running.reaches(await create('Hello', 'Text'), 'sent');
    expect(running.mail.taken).toHaveLength(1);
  });

  it('fails when the server refuses its receiver', async () => {
    running.mail.fail({ code: 550 });
    expect(await running.reaches(await create('Hello', 'Text'), 'failed')).toMatchObject({
      reason: 'smtp-550',
    });
  });

  it('is uncertain, and never sent again, when the connection breaks after it', async () => {
    running.mail.fail('cut-after-data');
    await running.reaches(await create('Hello', 'Text'), 'uncertain');
    expect(running.mail.taken).toHaveLength(1);
  });
});
