import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AUTH_TOKEN, Bench, CALLER, NUMBER } from '../testing/bench.ts';
import { signForm } from '../webhook/signature.ts';

const FIRST = { To: CALLER, From: NUMBER, Body: 'Hello' };

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open({ numbers: [NUMBER] });
  bench.app.on('/sms', '<Response/>');
  bench.app.on('/status', { status: 204, body: '' });
});
afterEach(() => bench.close());

const send = (change: Record<string, string> = {}) => bench.rest('Messages.json', { ...FIRST, ...change });
const arrive = (body: string, copies = 1) =>
  bench.simulator.receiveSms({ from: CALLER, to: NUMBER, body, smsUrl: `${bench.app.url}/sms`, copies });

describe('sending a message', () => {
  it('is taken with 201, and reported queued, sent and delivered, each signed', async () => {
    const url = `${bench.app.url}/status`;
    const { status, body } = await send({ StatusCallback: url });
    expect([status, body]).toEqual([201, expect.objectContaining({ status: 'queued', from: NUMBER })]);
    await bench.simulator.smsReported();
    const reports = bench.app.to('/status');
    expect(reports.map(({ fields }) => fields['MessageStatus'])).toEqual(['queued', 'sent', 'delivered']);
    for (const { fields, headers } of reports)
      expect([fields['MessageSid'], headers['x-twilio-signature']]).toEqual([
        body['sid'],
        signForm(AUTH_TOKEN, url, fields),
      ]);
  });

  it.each<[string, Record<string, string>, number]>([
    ['no receiver', { To: '' }, 21_604],
    ['a receiver that is not E.164', { To: '2025550123' }, 21_211],
    ['no sender', { From: '' }, 21_603],
    ['a number of somebody else', { From: '+14155550777' }, 21_606],
    ['one number at both ends', { To: NUMBER }, 21_266],
    ['no text', { Body: '' }, 21_602],
    ['more than 1,600 characters', { Body: 'x'.repeat(1_601) }, 21_617],
    ['no address for reports', { StatusCallback: 'not a url' }, 21_609],
  ])('is refused with %s', async (_fault, change, code) => {
    expect(await send(change)).toMatchObject({ status: 400, body: { code } });
    expect(bench.simulator.sentSms).toEqual([]);
  });

  it('is refused to a receiver who wrote STOP, until they write START', async () => {
    await arrive('Stop');
    expect(await send()).toMatchObject({ status: 400, body: { code: 21_610 } });
    await arrive('START');
    expect((await send()).status).toBe(201);
  });
});

describe('a message that arrives', () => {
  it('is posted signed, the same in every copy', async () => {
    const answers = await arrive('Hi', 3);
    expect(answers.map((answer) => answer.kind === 'answered' && answer.status)).toEqual([200, 200, 200]);
    const requests = bench.app.to('/sms');
    expect(new Set(requests.map(({ fields }) => fields['MessageSid'])).size).toBe(1);
    for (const { fields, headers } of requests)
      expect(headers['x-twilio-signature']).toBe(signForm(AUTH_TOKEN, `${bench.app.url}/sms`, fields));
    expect(requests[0]?.fields).toMatchObject({ Body: 'Hi', From: CALLER, To: NUMBER, NumMedia: '0' });
  });
});
