import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TENANT_SCOPES } from '@tandem/database';
import { cookieOf, RunningControl, type Operator, type SignedIn } from '../test/running-control.ts';
import { totpCode } from './totp.ts';

const PASSWORD = 'correct horse battery';

let control: RunningControl;
let own: Operator;
let robin: SignedIn;
beforeAll(async () => {
  control = await RunningControl.start({ TRUSTED_PROXIES: '127.0.0.0/8' });
});
afterAll(() => control.stop());
beforeEach(async () => {
  own = await control.operator();
  robin = await control.signedIn(own.tenantId, 'operator');
});

/** Each browser has an address of its own, so that failures of one spec delay no other. */
const newAddress = () => ({ 'x-forwarded-for': `10.1.${Math.floor(Math.random() * 250)}.${randomByte()}` });
const randomByte = () => Math.floor(Math.random() * 250);
const signIn = (fields: object, from: Record<string, string> = newAddress(), cookie: string | null = null) =>
  control.browse('POST', '/v1/session', cookie, { email: robin.email, password: PASSWORD, ...fields }, from);
const setPassword = async () => {
  const answer = await control.browse('PUT', '/v1/me/password', robin.cookie, { password: PASSWORD });
  expect(answer.status).toBe(204);
  robin = { ...robin, cookie: cookieOf(answer) ?? '' };
};
const age = (column: string, interval: string) =>
  control.sql(
    `UPDATE user_sessions SET ${column} = ${column} - $2::interval WHERE user_id = $1`,
    robin.userId,
    interval,
  );
/** Returns an API key that may do what an admin may. */
const keyOfAdmin = () => control.apiKey(own.tenantId, TENANT_SCOPES);
const me = (cookie: string) => control.browse('GET', '/v1/me', cookie);
const base32Bytes = (text: string): Buffer => {
  const bits = [...text].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
};
const codeFor = (secret: unknown, drift = 0) =>
  totpCode(base32Bytes(String(secret)), Math.floor(Date.now() / 30_000) + drift);

describe('a password', () => {
  it('is stored as argon2id, and signs in with a cookie no script and no other site can use', async () => {
    await setPassword();
    const [row] = await control.sql<{ hash: string }>(
      'SELECT password_hash AS hash FROM users WHERE id = $1',
      robin.userId,
    );
    expect(row?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const answer = await signIn({ email: robin.email.toUpperCase() });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        user: { id: robin.userId, email: robin.email, hasPassword: true, hasTotp: false },
        tenant: { id: own.tenantId, name: 'Spec', zone: 'America/New_York', locale: null },
        role: 'operator',
      },
    });
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(
      /^tandem=[\w-]{43}; Max-Age=86400; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await me(cookieOf(answer) ?? '')).body).toEqual(answer.body);
  });

  it('that is wrong, of an unknown address and of a disabled user are refused alike', async () => {
    await setPassword();
    const wrong = await signIn({ password: 'wrong' });
    const unknown = await signIn({ email: 'nobody@example.com' });
    await control.ask('PATCH', `/v1/users/${robin.userId}`, await keyOfAdmin(), { state: 'disabled' });
    const disabled = await signIn({});
    expect(wrong).toMatchObject({ status: 401, body: { code: 'credentials-refused' } });
    for (const other of [unknown, disabled]) {
      expect(other.body).toEqual(wrong.body);
      expect(other.headers.getSetCookie()).toEqual([]);
    }
    const reasons = () =>
      control.sql<{ reason: string }>(
        'SELECT reason FROM sign_in_failures WHERE user_id = $1 ORDER BY id',
        robin.userId,
      );
    // They are noted after the answer.
    while ((await reasons()).length < 2) await setImmediate();
    expect((await reasons()).map(({ reason }) => reason)).toEqual(['password', 'disabled']);
  });

  it('of nobody is not right for a user without one', async () => {
    expect((await signIn({ password: 'the password of nobody' })).body).toMatchObject({
      code: 'credentials-refused',
    });
  });

  it.each(['short', 'x'.repeat(11), 'x'.repeat(201)])('is not set as %s', async (password) => {
    const answer = await control.browse('PUT', '/v1/me/password', robin.cookie, { password });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });

  it('that is guessed at makes the account wait, from wherever, and nobody else', async () => {
    await setPassword();
    for (let failure = 0; failure < 6; failure += 1)
      expect((await signIn({ password: 'wrong' })).status).toBe(401);
    const delayed = await signIn({});
    expect(delayed).toMatchObject({ status: 429, body: { code: 'sign-in-delayed' } });
    expect(Number(delayed.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await signIn({ email: 'nobody@example.com' })).status).toBe(401);
    expect((await me(robin.cookie)).status).toBe(200);
  });

  it('that is guessed at for many accounts makes the address wait', async () => {
    const from = newAddress();
    const statuses: number[] = [];
    for (let at = 0; at < 32; at += 1)
      statuses.push((await signIn({ email: `${randomUUID()}@example.com` }, from)).status);
    expect(statuses.slice(0, 31).every((status) => status === 401)).toBe(true);
    expect(statuses.at(-1)).toBe(429);
  });

  it('that is changed ends the other sessions, and gives this one another token', async () => {
    await setPassword();
    const elsewhere = cookieOf(await signIn({})) ?? '';
    const before = robin.cookie;
    await setPassword();
    expect((await me(elsewhere)).status).toBe(401);
    expect(robin.cookie).not.toBe(before);
    expect((await me(robin.cookie)).status).toBe(200);
  });
});

describe('a second factor', () => {
  const begin = () => control.browse('POST', '/v1/me/totp', robin.cookie, {});
  const confirm = (code: string) => control.browse('POST', '/v1/me/totp', robin.cookie, { code });

  it('is on once a code confirms it, and is asked for after the right password only', async () => {
    await setPassword();
    const { body } = await begin();
    expect(body).toMatchObject({ state: 'pending', uri: expect.stringMatching(/^otpauth:\/\/totp\//) });
    expect((await signIn({})).status).toBe(200);
    expect((await confirm('000000')).body).toMatchObject({ code: 'totp-wrong' });
    expect((await confirm(codeFor(body['secret'], -1))).body).toEqual({
      state: 'on',
      secret: null,
      uri: null,
    });
    expect(await signIn({})).toMatchObject({ status: 401, body: { code: 'totp-required' } });
    expect((await signIn({ password: 'wrong' })).body).toMatchObject({ code: 'credentials-refused' });
    expect((await signIn({ code: '000000' })).body).toMatchObject({ code: 'totp-wrong' });
    const code = codeFor(body['secret']);
    expect((await signIn({ code })).status).toBe(200);
    expect((await signIn({ code })).body).toMatchObject({ code: 'totp-wrong' });
    const [row] = await control.sql<{ sealed: string }>(
      'SELECT totp_sealed AS sealed FROM users WHERE id = $1',
      robin.userId,
    );
    expect(row?.sealed).not.toContain(String(body['secret']));
    expect((await begin()).body).toMatchObject({ code: 'totp-on' });
    expect((await control.browse('DELETE', '/v1/me/totp', robin.cookie)).status).toBe(204);
    expect((await signIn({})).status).toBe(200);
  });

  it('is not confirmed by a code of a secret that another one replaced', async () => {
    const first = await begin();
    await begin();
    expect((await confirm(codeFor(first.body['secret']))).body).toMatchObject({ code: 'totp-wrong' });
  });
});

describe('a link', () => {
  const linkOf = async () => {
    const { body } = await control.ask('POST', `/v1/users/${robin.userId}/link`, await keyOfAdmin());
    return new URL(String(body['url'])).hash.replace('#link=', '');
  };
  const open = (token: string) => control.browse('POST', '/v1/session/link', null, { token }, newAddress());

  it('signs in once, and not after another was made, or a quarter of an hour', async () => {
    const replaced = await linkOf();
    const token = await linkOf();
    for (const wrong of [replaced, token.toLowerCase(), 'x', 'A'.repeat(43)])
      expect((await open(wrong)).body).toMatchObject({ code: 'link-refused' });
    const answers = await Promise.all([open(token), open(token), open(token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    const late = await linkOf();
    await control.sql(
      `UPDATE sign_in_links SET expires_at = expires_at - interval '15 minutes' WHERE user_id = $1`,
      robin.userId,
    );
    expect((await open(late)).body).toMatchObject({ code: 'link-refused' });
    const [stored] = await control.sql<{ text: string }>(
      `SELECT concat((SELECT string_agg(l::text, ' ') FROM sign_in_links l),
         (SELECT string_agg(k.response_body::text, ' ') FROM idempotency_keys k)) AS text`,
    );
    expect(stored?.text).not.toContain(late);
  });
});

describe('a session', () => {
  it('ends without requests, and after a day', async () => {
    expect((await me(robin.cookie)).status).toBe(200);
    await age('last_seen_at', '7 hours 59 minutes');
    expect((await me(robin.cookie)).status).toBe(200);
    await age('created_at', '23 hours 59 minutes');
    expect((await me(robin.cookie)).status).toBe(200);
    await age('created_at', '2 minutes');
    const ended = await me(robin.cookie);
    expect(ended).toMatchObject({ status: 401, body: { code: 'not-authenticated' } });
    expect(cookieOf(ended)).toBe('tandem=');
    const other = await control.signedIn(own.tenantId, 'viewer');
    await control.sql(
      `UPDATE user_sessions SET last_seen_at = now() - interval '8 hours' WHERE user_id = $1`,
      other.userId,
    );
    expect((await me(other.cookie)).status).toBe(401);
  });

  it('is another one after each sign-in: the one before has ended', async () => {
    await setPassword();
    const next = cookieOf(await signIn({}, newAddress(), robin.cookie)) ?? '';
    expect(next).not.toBe(robin.cookie);
    expect((await me(robin.cookie)).status).toBe(401);
    expect((await me(next)).status).toBe(200);
  });

  it('has the rights of a new role at once, and another token', async () => {
    const change = await control.ask('PATCH', `/v1/users/${robin.userId}`, await keyOfAdmin(), {
      role: 'viewer',
    });
    expect(change.status).toBe(200);
    const [first, second] = await Promise.all([me(robin.cookie), me(robin.cookie)]);
    expect([first.body['role'], second.body['role']]).toEqual(['viewer', 'viewer']);
    const given = [first, second].map(cookieOf).filter((cookie) => cookie !== null);
    expect(given).toHaveLength(1);
    expect((await me(given[0]!)).status).toBe(200);
    await control.sql(`UPDATE user_sessions SET previous_until = now() WHERE user_id = $1`, robin.userId);
    expect((await me(robin.cookie)).status).toBe(401);
    expect(cookieOf(await me(given[0]!))).toBeNull();
  });

  it('ends at once when its user is disabled or deleted', async () => {
    const admin = await keyOfAdmin();
    await control.ask('PATCH', `/v1/users/${robin.userId}`, admin, { state: 'disabled' });
    expect((await me(robin.cookie)).status).toBe(401);
    await control.ask('PATCH', `/v1/users/${robin.userId}`, admin, { state: 'active' });
    expect((await me(robin.cookie)).status).toBe(401);
    const other = await control.signedIn(own.tenantId, 'viewer');
    expect((await control.ask('DELETE', `/v1/users/${other.userId}`, admin)).status).toBe(204);
    expect((await me(other.cookie)).status).toBe(401);
  });

  it('is listed with its browser, and ended by its user alone', async () => {
    await setPassword();
    const elsewhere = cookieOf(await signIn({}, { ...newAddress(), 'user-agent': 'Other/1' })) ?? '';
    const { body } = await control.browse('GET', '/v1/me/sessions', robin.cookie);
    const items = body['items'] as { id: string; isCurrent: boolean; userAgent: string; address: string }[];
    expect(items).toHaveLength(2);
    const other = items.find(({ isCurrent }) => !isCurrent);
    expect(other).toMatchObject({ userAgent: 'Other/1', address: expect.stringMatching(/^10\.1\./) });
    const path = `/v1/me/sessions/${other?.id}`;
    const stranger = await control.signedIn(own.tenantId, 'admin');
    expect((await control.browse('DELETE', path, stranger.cookie)).status).toBe(204);
    expect((await me(elsewhere)).status).toBe(200);
    expect((await control.browse('DELETE', path, robin.cookie)).status).toBe(204);
    expect((await me(elsewhere)).status).toBe(401);
  });

  it('ends with a sign-out, and the cookie with it', async () => {
    const out = await control.browse('DELETE', '/v1/session', robin.cookie);
    expect([out.status, cookieOf(out)]).toEqual([204, 'tandem=']);
    expect((await me(robin.cookie)).status).toBe(401);
  });

  it('is refused from another origin, as is a sign-in', async () => {
    const evil = { origin: 'https://evil.example' };
    const path = `/v1/me/sessions/${randomUUID()}`;
    expect((await control.browse('DELETE', path, robin.cookie, undefined, evil)).body).toMatchObject({
      code: 'origin-refused',
    });
    await setPassword();
    expect((await signIn({}, { ...newAddress(), ...evil })).body).toMatchObject({
      code: 'origin-refused',
    });
    expect(
      (await control.browse('PUT', '/v1/me/password', robin.cookie, {}, { 'content-type': 'text/plain' }))
        .body,
    ).toMatchObject({ code: 'json-only' });
  });
});

describe('what needs a fresh proof', () => {
  const tryKey = (cookie: string) =>
    control.browse('POST', '/v1/api-keys', cookie, { name: 'Reception', scopes: ['calls:read'] });
  const reauthenticate = (body: object) =>
    control.browse('POST', '/v1/session/reauthentication', robin.cookie, body, newAddress());

  it('is open after a sign-in for ten minutes, and again after the password', async () => {
    robin = await control.signedIn(own.tenantId, 'admin');
    await setPassword();
    expect((await tryKey(robin.cookie)).status).toBe(201);
    await age('reauthenticated_at', '11 minutes');
    expect(await tryKey(robin.cookie)).toMatchObject({
      status: 403,
      body: { code: 'reauthentication-required' },
    });
    expect((await reauthenticate({ password: 'wrong' })).body).toMatchObject({ code: 'credentials-refused' });
    expect((await tryKey(robin.cookie)).status).toBe(403);
    const proved = await reauthenticate({ password: PASSWORD });
    expect(proved).toMatchObject({ status: 200, body: { reauthenticatedAt: expect.any(String) } });
    expect(cookieOf(proved)).not.toBe(robin.cookie);
    expect((await tryKey(cookieOf(proved) ?? '')).status).toBe(201);
  });

  it('has no password to ask for from users without one', async () => {
    expect(await reauthenticate({ password: PASSWORD })).toMatchObject({
      status: 409,
      body: { code: 'no-password' },
    });
  });
});
