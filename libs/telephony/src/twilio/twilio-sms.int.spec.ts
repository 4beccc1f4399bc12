import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RestSwitch, TwilioSimulator } from '@tandem/simulators';
import { smsStatusUrl, TwilioSms } from './twilio-sms.ts';

const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';
const NUMBER = '+12025550100';
const ACCOUNT = `AC${'a'.repeat(32)}`;
const sms = { from: NUMBER, to: '+12025550123', body: 'Hello', accountId: null };

describe('a text message over the REST API', () => {
  let simulator: TwilioSimulator;
  const over = (authToken: string) =>
    new TwilioSms({
      accounts: [{ accountSid: simulator.accountSid, authToken }],
      baseUrl: simulator.apiBaseUrl,
    });

  beforeAll(async () => {
    simulator = new TwilioSimulator({ authToken: AUTH_TOKEN, numbers: [NUMBER] });
    await simulator.start();
  });
  afterAll(() => simulator.stop());

  it('is accepted under the carrier’s id', async () => {
    const outcome = await over(AUTH_TOKEN).send({
      ...sms,
      accountId: simulator.accountSid,
      statusCallback: smsStatusUrl('http://127.0.0.1:9', 'id'),
    });
    expect(outcome).toEqual({
      kind: 'accepted',
      providerId: simulator.sentSms[0]?.sid,
      accountId: simulator.accountSid,
    });
  });

  it('is refused for good with the carrier’s code', async () => {
    expect(await over(AUTH_TOKEN).send({ ...sms, from: '+12025550199' })).toEqual({
      kind: 'refused',
      code: '21606',
    });
  });

  it('did not arrive with a wrong token, which may be corrected', async () => {
    expect(await over('wrong').send(sms)).toEqual({ kind: 'not-taken', code: '20003' });
  });

  it('is not set up without the account', async () => {
    expect(await new TwilioSms({ accounts: [] }).send(sms)).toEqual({ kind: 'not-set-up' });
    expect(await over(AUTH_TOKEN).send({ ...sms, accountId: ACCOUNT })).toEqual({ kind: 'not-set-up' });
  });
});

describe('a text message with several accounts', () => {
  const OTHER_NUMBER = '+12025550101';
  const [OTHER_ACCOUNT, OTHER_TOKEN] = [`AC${'b'.repeat(32)}`, 'fedcba9876543210fedcba9876543210'];
  const first = new TwilioSimulator({ accountSid: ACCOUNT, authToken: AUTH_TOKEN, numbers: [NUMBER] });
  const other = new TwilioSimulator({
    accountSid: OTHER_ACCOUNT,
    authToken: OTHER_TOKEN,
    numbers: [OTHER_NUMBER],
  });
  const rest = new RestSwitch();
  let baseUrl: string;
  const over = (token = AUTH_TOKEN) =>
    new TwilioSms({
      accounts: [
        { accountSid: ACCOUNT, authToken: token },
        { accountSid: OTHER_ACCOUNT, authToken: OTHER_TOKEN },
      ],
      baseUrl,
    });

  beforeAll(async () => {
    baseUrl = await rest.start();
    for (const account of [first, other]) {
      await account.start();
      rest.add(account);
    }
  });
  afterAll(async () => {
    for (const part of [first, other, rest]) await part.stop();
  });

  it('goes over the one its number belongs to, once', async () => {
    const carrier = over();
    for (const [from, accountId] of [
      [OTHER_NUMBER, OTHER_ACCOUNT],
      [NUMBER, ACCOUNT],
      [OTHER_NUMBER, OTHER_ACCOUNT],
    ] as const)
      expect(await carrier.send({ ...sms, from })).toMatchObject({ kind: 'accepted', accountId });
    expect([first.sentSms.length, other.sentSms.length]).toEqual([1, 2]);
  });

  it('is refused where no account has its number, and over one that is named but has not', async () => {
    const refused = { kind: 'refused', code: '21606' };
    expect(await over().send({ ...sms, from: '+12025550199' })).toEqual(refused);
    expect(await over().send({ ...sms, from: OTHER_NUMBER, accountId: ACCOUNT })).toEqual(refused);
  });

  it('waits for an account whose token is wrong, unless another one has its number', async () => {
    const carrier = over('wrong');
    expect(await carrier.send(sms)).toEqual({ kind: 'not-taken', code: '20003' });
    expect(await carrier.send({ ...sms, from: OTHER_NUMBER })).toMatchObject({ kind: 'accepted' });
  });
});

describe('a text message to an API in trouble', () => {
  let respond: (response: ServerResponse) => void = () => undefined;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => respond(response));
  });
  const send = (baseUrl?: string) => {
    const { port } = server.address() as AddressInfo;
    return new TwilioSms({
      accounts: [{ accountSid: ACCOUNT, authToken: AUTH_TOKEN }],
      baseUrl: baseUrl ?? `http://127.0.0.1:${port}`,
      timeoutMs: 500,
    }).send(sms);
  };

  beforeAll(() => new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening)));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  it('certainly did not arrive where there is no connection, or the API says so', async () => {
    expect(await send('http://127.0.0.1:9')).toMatchObject({ kind: 'not-taken' });
    for (const status of [429, 503]) {
      respond = (response) => response.writeHead(status).end('{}');
      expect(await send()).toEqual({ kind: 'not-taken', code: String(status) });
    }
  });

  it('may have arrived where the answer is missing or an error of the server', async () => {
    respond = () => undefined;
    expect(await send()).toMatchObject({ kind: 'uncertain' });
    respond = (response) => response.destroy();
    expect(await send()).toMatchObject({ kind: 'uncertain' });
    respond = (response) => response.writeHead(500).end('{}');
    expect(await send()).toEqual({ kind: 'uncertain', code: '500' });
  });
});
