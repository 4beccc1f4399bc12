import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TwilioAccounts } from './twilio-accounts.ts';

const A = `AC${'a'.repeat(32)}`;
const B = `AC${'b'.repeat(32)}`;
const CALL = `CA${'0'.repeat(32)}`;

describe('a running call', () => {
  let server: Server;
  let accounts: TwilioAccounts;
  const seen: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const [, basic = ''] = (request.headers.authorization ?? '').split(' ');
      const credentials = Buffer.from(basic, 'base64');
      seen.push(`${credentials.toString()} ${request.url}`);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const twilioApiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    accounts = new TwilioAccounts({
      twilioAccountSid: A,
      twilioAuthTokens: ['token-a', 'old-a'],
      twilioAccounts: [{ accountSid: B, secret: 'token-b' }],
      twilioApiUrl,
    });
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  it('is changed in the name of the account it came over', async () => {
    for (const account of [A, B, undefined]) await accounts.callsOf(account)?.redirect(CALL, '<Response/>');
    const path = (account: string) => `/2010-04-01/Accounts/${account}/Calls/${CALL}.json`;
    expect(seen).toEqual([`${A}:token-a ${path(A)}`, `${B}:token-b ${path(B)}`, `${A}:token-a ${path(A)}`]);
  });

  it('of an account without a token of its own is not changed', () => {
    expect(accounts.callsOf(`AC${'c'.repeat(32)}`)).toBeNull();
    expect(accounts.canChangeCalls).toBe(true);
    expect(new TwilioAccounts({ twilioAuthTokens: ['token-a'] }).canChangeCalls).toBe(false);
  });
});
