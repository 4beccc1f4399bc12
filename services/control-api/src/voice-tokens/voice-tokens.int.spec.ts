import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningControl, type Operator } from '../test/running-control.ts';

const SECRET = 'the secret of an API key for specs';
const SETTINGS = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_API_KEY_SID: `SK${'1'.repeat(32)}`,
  TWILIO_API_KEY_SECRET: SECRET,
  TWILIO_TWIML_APP_SID: `AP${'2'.repeat(32)}`,
};
const PATH = '/v1/voice-tokens';

/** Returns header and claims of a token that the API key has signed. */
function opened(token: unknown): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header = '', claims = '', signature] = String(token).split('.');
  expect(signature).toBe(createHmac('sha256', SECRET).update(`${header}.${claims}`).digest('base64url'));
  const read = (part: string) =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  return { header: read(header), claims: read(claims) };
}

const lifetimeOf = ({ exp, iat }: Record<string, unknown>): number => Number(exp) - Number(iat);

describe('access tokens for apps', () => {
  let control: RunningControl;
  let own: Operator;

  beforeAll(async () => {
    control = await RunningControl.start(SETTINGS);
    own = await control.operator();
  });
  afterAll(() => control.stop());

  it('let an identity call the TwiML application, and nothing else, until they end', async () => {
    const { status, body } = await control.ask('POST', PATH, own.apiKey, {
      identity: 'ada_1',
      lifetimeS: 600,
    });
    expect(status).toBe(201);
    const { header, claims } = opened(body['token']);
    expect(header).toMatchObject({ alg: 'HS256', cty: 'twilio-fpa;v=1' });
    expect([claims['iss'], claims['sub']]).toEqual([
      SETTINGS.TWILIO_API_KEY_SID,
      SETTINGS.TWILIO_ACCOUNT_SID,
    ]);
    const identity = `${own.tenantId.replaceAll('-', '')}_ada_1`;
    expect(claims['grants']).toEqual({
      identity,
      voice: { outgoing: { application_sid: SETTINGS.TWILIO_TWIML_APP_SID } },
    });
    expect(lifetimeOf(claims)).toBe(600);
    const endsIn = Date.parse(String(body['expiresAt'])) / 1_000 - Number(claims['exp']);
    expect(Math.abs(endsIn)).toBeLessThanOrEqual(5);
    expect(body['identity']).toBe(identity);
  });

  it('have an identity no other tenant can get, of 121 characters at most', async () => {
    const other = await control.operator();
    const ask = async ({ apiKey }: Operator, identity: string): Promise<string> => {
      const { status, body } = await control.ask('POST', PATH, apiKey, { identity });
      expect(status).toBe(201);
      const { grants } = opened(body['token']).claims as { grants: { identity: string } };
      expect(body['identity']).toBe(grants.identity);
      return grants.identity;
    };
    const longest = 'a'.repeat(88);
    const [ada, others, prefixed, long] = [
      await ask(own, 'ada'),
      await ask(other, 'ada'),
      await ask(other, `${own.tenantId.replaceAll('-', '')}_ada`),
      await ask(own, longest),
    ];
    expect(new Set([ada, others, prefixed]).size).toBe(3);
    expect(long).toMatch(/^[A-Za-z0-9_]{121}$/);
    expect(long.endsWith(longest)).toBe(true);
  });

  it('last an hour unless the request says otherwise', async () => {
    const { body } = await control.ask('POST', PATH, own.apiKey, { identity: 'ada' });
    expect(lifetimeOf(opened(body['token']).claims)).toBe(3_600);
  });

  it('are kept by no cache', async () => {
    const response = await fetch(control.url + PATH, {
      method: 'POST',
      headers: { authorization: `Bearer ${own.apiKey}`, 'content-type': 'application/json' },
      body: '{"identity":"ada"}',
    });
    expect([response.status, response.headers.get('cache-control')]).toEqual([201, 'no-store']);
  });

  it.each([
    [{}],
    [{ identity: '' }],
    [{ identity: 'ada lovelace' }],
    [{ identity: '+12025550123' }],
    [{ identity: 'ada@example.com' }],
    [{ identity: 'a'.repeat(89) }],
    [{ identity: 'ada', lifetimeS: 59 }],
    [{ identity: 'ada', lifetimeS: 86_400 }],
    [{ identity: 'ada', lifetimeS: 600.5 }],
    [{ identity: 'ada', grants: { video: {} } }],
  ])('are refused for %j', async (body) => {
    const answer = await control.ask('POST', PATH, own.apiKey, body);
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid-request']);
  });
});
