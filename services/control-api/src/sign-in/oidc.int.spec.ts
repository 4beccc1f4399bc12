import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TENANT_SCOPES } from '@tandem/database';
import { OidcSimulator, type OidcFault } from '@tandem/simulators';
import { RunningControl, type Answer, type Operator } from '../test/running-control.ts';

const CONSOLE = 'https://console.example.com';
const CLIENT = {
  clientId: 'tandem',
  clientSecret: 'a secret of the provider',
  redirectUrl: `${CONSOLE}/v1/session/oidc/callback`,
};

let provider: OidcSimulator;
let control: RunningControl;
let own: Operator;
let email: string;
beforeAll(async () => {
  provider = await OidcSimulator.start(CLIENT);
  control = await RunningControl.start({
    CONSOLE_URL: CONSOLE,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT.clientId,
    OIDC_CLIENT_SECRET: CLIENT.clientSecret,
    OIDC_NAME: 'Staff',
    PASSWORD_SIGN_IN: 'off',
  });
});
afterAll(async () => {
  await control.stop();
  await provider.stop();
});
beforeEach(async () => {
  own = await control.operator();
  email = `${randomUUID()}@example.com`;
  provider.fault = null;
  provider.person = { sub: randomUUID(), email, isEmailVerified: true };
});

const invite = async (role = 'viewer') => {
  const admin = await control.apiKey(own.tenantId, TENANT_SCOPES);
  const { body } = await control.ask('POST', '/v1/users', admin, { email, name: 'Kim', role });
  return (body['user'] as { id: string }).id;
};
const cookieNamed = ({ headers }: Answer, name: string) =>
  headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.split(';')[0];
/** Follows a browser to the provider. Returns its cookie, and the address it is sent back to. */
async function begin(): Promise<{ cookie: string; back: URL; asked: URL }> {
  const start = await control.browse('GET', '/v1/session/oidc/start', null);
  expect(start.status).toBe(302);
  const asked = new URL(start.headers.get('location') ?? '');
  const page = await fetch(asked, { redirect: 'manual' });
  const cookie = cookieNamed(start, '__Host-tandem-oidc') ?? '';
  return { cookie, back: new URL(page.headers.get('location') ?? ''), asked };
}
const come = (back: URL, cookie: string | null) => control.browse('GET', back.pathname + back.search, cookie);
const signIn = async () => {
  const { cookie, back } = await begin();
  return come(back, cookie);
};
const locationOf = ({ headers }: Answer) => headers.get('location');

describe('sign-in by a provider', () => {
  it('is a way in that the console is told of, with no password beside it', async () => {
    const { body } = await control.browse('GET', '/v1/session/providers', null);
    expect(body).toEqual({ password: false, oidc: { name: 'Staff', start: '/v1/session/oidc/start' } });
    const answer = await control.browse(
      'POST',
      '/v1/session',
      null,
      { email, password: 'x' },
      { origin: CONSOLE },
    );
    expect(answer).toMatchObject({ status: 403, body: { code: 'password-sign-in-off' } });
  });

  it('signs an invited user in by the verified address, and by the subject from then on', async () => {
    const id = await invite('operator');
    const { cookie, back, asked } = await begin();
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      client_id: 'tandem',
      redirect_uri: CLIENT.redirectUrl,
      code_challenge_method: 'S256',
    });
    const entered = await come(back, cookie);
    expect([entered.status, locationOf(entered)]).toEqual([302, '/console/']);
    const [line] = entered.headers.getSetCookie().filter((set) => set.startsWith('__Host-tandem='));
    expect(line).toMatch(/; Path=\/; .*HttpOnly; Secure; SameSite=Strict$/);
    expect(cookieNamed(entered, '__Host-tandem-oidc')).toBe('__Host-tandem-oidc=');
    const session = cookieNamed(entered, '__Host-tandem') ?? '';
    expect((await control.browse('GET', '/v1/me', session)).body).toMatchObject({ user: { id, email } });
    // A cookie without the prefix could come from another host, or over http.
    const bare = session.replace('__Host-', '');
    expect((await control.browse('GET', '/v1/me', bare)).status).toBe(401);
    provider.person = { ...provider.person, email: 'renamed@example.com', isEmailVerified: false };
    expect(locationOf(await signIn())).toBe('/console/');
  });

  it('ties a user to one subject: another one of the same address stays outside', async () => {
    await invite();
    expect(locationOf(await signIn())).toBe('/console/');
    provider.person = { ...provider.person, sub: randomUUID() };
    const answer = await signIn();
    expect(locationOf(answer)).toBe('/console/#error=oidc-unknown-user');
    expect(cookieNamed(answer, '__Host-tandem')).toBeUndefined();
  });

  it('knows nobody by an address that is not verified, unknown, or of a disabled user', async () => {
    expect(locationOf(await signIn())).toBe('/console/#error=oidc-unknown-user');
    const id = await invite();
    provider.person = { ...provider.person, isEmailVerified: false };
    expect(locationOf(await signIn())).toBe('/console/#error=oidc-unknown-user');
    provider.person = { ...provider.person, isEmailVerified: true };
    expect(locationOf(await signIn())).toBe('/console/');
    const admin = await control.apiKey(own.tenantId, TENANT_SCOPES);
    await control.ask('PATCH', `/v1/users/${id}`, admin, { state: 'disabled' });
    expect(locationOf(await signIn())).toBe('/console/#error=oidc-unknown-user');
  });

  it.each<OidcFault>(['nonce', 'audience', 'issuer', 'signature', 'expired'])(
    'refuses a token with a wrong %s',
    async (fault) => {
      await invite();
      provider.fault = fault;
      expect(locationOf(await signIn())).toBe('/console/#error=oidc-refused');
    },
  );

  it('is finished by the browser that began it, once, with the state it was given', async () => {
    await invite();
    const { cookie, back } = await begin();
    const other = await begin();
    for (const wrong of [null, '__Host-tandem-oidc=x', cookie.slice(0, -4)])
      expect(locationOf(await come(back, wrong))).toBe('/console/#error=oidc-expired');
    expect(locationOf(await come(back, other.cookie))).toBe('/console/#error=oidc-refused');
    const forged = new URL(back);
    forged.searchParams.set('iss', 'https://elsewhere.example');
    expect(locationOf(await come(forged, cookie))).toBe('/console/#error=oidc-refused');
    expect(locationOf(await come(back, cookie))).toBe('/console/');
    expect(locationOf(await come(back, cookie))).toBe('/console/#error=oidc-refused');
    const denied = new URL(back);
    denied.search = `?error=access_denied&state=${back.searchParams.get('state')}&iss=${provider.issuer}`;
    expect(locationOf(await come(denied, cookie))).toBe('/console/#error=oidc-refused');
  });

  it('sends no verifier that is not of the code', async () => {
    await invite();
    const [one, two] = [await begin(), await begin()];
    const mixed = new URL(one.back);
    mixed.searchParams.set('code', two.back.searchParams.get('code') ?? '');
    expect(locationOf(await come(mixed, one.cookie))).toBe('/console/#error=oidc-refused');
    expect(provider.refusals.at(-1)).toEqual({ error: 'invalid_grant', why: 'code_verifier' });
  });
});

describe('a provider that is not there', () => {
  it('is told to the console, and asked again by the next user', async () => {
    const gone = await OidcSimulator.start(CLIENT);
    const { issuer } = gone;
    await gone.stop();
    const alone = await RunningControl.start({
      CONSOLE_URL: CONSOLE,
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: 'tandem',
      OIDC_CLIENT_SECRET: 'x',
    });
    for (const _again of [1, 2])
      expect(locationOf(await alone.browse('GET', '/v1/session/oidc/start', null))).toBe(
        '/console/#error=oidc-unavailable',
      );
    await alone.stop();
    const without = await RunningControl.start();
    expect(locationOf(await without.browse('GET', '/v1/session/oidc/start', null))).toBe(
      '/console/#error=oidc-off',
    );
    await without.stop();
  });
});
