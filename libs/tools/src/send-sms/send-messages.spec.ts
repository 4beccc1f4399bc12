import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sendEmailHandler } from '../send-email/handler.ts';
import { contextFor, problem, ScriptedCrm } from '../test/scripted-crm.ts';
import { sendSmsHandler } from './handler.ts';

const crm = new ScriptedCrm();
let url: string;
beforeAll(async () => void (url = await crm.start()));
afterAll(() => crm.stop());
beforeEach(() => crm.forget());

const taken = (text: string) => ({ status: 201, body: { id: 'x', status: 'queued', text } });
const WANTED = { text: 'We come on Monday at nine.' };

describe('send_sms', () => {
  it('sends to the number the caller shows, whatever the model writes, once per tool call', async () => {
    crm.on('POST /v1/messages', taken(WANTED.text));
    const context = contextFor(url);
    const outcome = await sendSmsHandler({ ...WANTED, to: '+19005550000', phone: '+19005550000' }, context);
    expect(outcome).toMatchObject({ status: 'ok', value: { text: WANTED.text } });
    expect(crm.seen).toMatchObject([
      {
        body: { channel: 'sms', from: '+12025550100', to: '+12025550123', text: WANTED.text },
        headers: { 'idempotency-key': context.toolCallId },
      },
    ]);
    expect(JSON.stringify(crm.seen[0]?.body)).not.toContain('900');
  });

  it('is refused for a caller without a number, and asks nobody', async () => {
    for (const callerNumber of ['anonymous', 'client:ada', 'sip:ada@example.com'])
      expect(await sendSmsHandler(WANTED, contextFor(url, { callerNumber }))).toMatchObject({
        status: 'refused',
        reason: 'no-number',
      });
    expect(crm.seen).toEqual([]);
  });

  it.each([
    [409, 'opted-out', /STOP/],
    [409, 'sms-not-set-up', /not set up/],
    [409, 'too-many-messages', /Nothing was sent/],
    [422, 'unknown-number', /Nothing was sent/],
  ])('tells the model why it was refused: %s %s', async (status, code, words) => {
    crm.on('POST /v1/messages', problem(status, code));
    expect(await sendSmsHandler(WANTED, contextFor(url))).toMatchObject({
      status: 'refused',
      reason: code,
      detail: expect.stringMatching(words),
    });
  });

  it('takes no more than one text message holds', async () => {
    expect(await sendSmsHandler({ text: 'x'.repeat(321) }, contextFor(url))).toMatchObject({
      reason: 'bad-arguments',
    });
  });
});

describe('send_email', () => {
  const mail = { subject: 'Your visit', text: 'We come on Monday.' };

  it('names the contact by the caller’s number, and no address', async () => {
    crm.on('POST /v1/messages', taken(mail.text));
    expect(await sendEmailHandler({ ...mail, to: 'eve@example.com' }, contextFor(url))).toMatchObject({
      status: 'ok',
    });
    expect(crm.seen[0]?.body).toEqual({ channel: 'email', contactPhone: '+12025550123', ...mail });
  });

  it.each([
    [422, 'no-email', /no e-mail address/],
    [409, 'mail-not-set-up', /not set up/],
  ])('tells the model why it was refused: %s %s', async (status, code, words) => {
    crm.on('POST /v1/messages', problem(status, code));
    expect(await sendEmailHandler(mail, contextFor(url))).toMatchObject({
      status: 'refused',
      reason: code,
      detail: expect.stringMatching(words),
    });
  });
});
