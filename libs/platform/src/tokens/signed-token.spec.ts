import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { deriveKeys } from './secrets.ts';
import { SignedTokens, TokenRefused } from './signed-token.ts';

const secret = 'first-secret-first-secret-first-secret';
const other = 'other-secret-other-secret-other-secret';
const claims = z.object({ callId: z.uuid(), epoch: z.number() });
const value = { callId: 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01', epoch: 2 };
const tokens = new SignedTokens([secret], 'stream-ticket', claims);
const options = { audience: 'relay:r1', lifetimeS: 60 };

const refusal = (token: string, audience = 'relay:r1', reader = tokens) =>
  reader.verify(token, audience).then(
    () => 'accepted',
    (error: unknown) => (error instanceof TokenRefused ? error.reason : String(error)),
  );

describe('a signed token', () => {
  it('carries its claims and is short enough for a Twilio parameter', async () => {
    const token = await tokens.sign(value, options);
    expect(await tokens.verify(token, 'relay:r1')).toEqual(value);
    expect(token.length).toBeLessThan(480);
  });

  it('is refused by another audience', async () => {
    expect(await refusal(await tokens.sign(value, options), 'relay:r2')).toBe('wrong-audience');
  });

  it('is refused once it has expired', async () => {
    expect(await refusal(await tokens.sign(value, { ...options, lifetimeS: -1 }))).toBe('expired');
  });

  it('of another purpose or another deployment is forged', async () => {
    expect(
      await refusal(await new SignedTokens([secret], 'carrier-callback', claims).sign(value, options)),
    ).toBe('forged');
    expect(await refusal(await new SignedTokens([other], 'stream-ticket', claims).sign(value, options))).toBe(
      'forged',
    );
  });

  it('with a changed character is refused', async () => {
    const token = await tokens.sign(value, options);
    for (let at = 0; at < token.length; at += 7) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      if (
        Buffer.from(changed.split('.')[2] ?? '', 'base64url').equals(
          Buffer.from(token.split('.')[2] ?? '', 'base64url'),
        ) &&
        changed.split('.').slice(0, 2).join() === token.split('.').slice(0, 2).join()
      )
        continue;
      expect(await refusal(changed)).not.toBe('accepted');
    }
  });

  it('is refused under another algorithm', async () => {
    const [{ keyId, key }] = deriveKeys([secret], 'token:stream-ticket');
    const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const claims = { c: value, aud: 'relay:r1', exp: 9e9 };
    const none = `${encoded({ alg: 'none', kid: keyId })}.${encoded(claims)}.`;
    const hs512 = await new SignJWT({ c: value })
      .setProtectedHeader({ alg: 'HS512', kid: keyId })
      .setAudience('relay:r1')
      .setExpirationTime('1m')
      .sign(new Uint8Array([...key, ...key]));
    expect(await refusal(none)).not.toBe('accepted');
    expect(await refusal(hs512)).toBe('forged');
  });

  it('without an end, or with other claims than it should have, is refused', async () => {
    const [{ keyId, key }] = deriveKeys([secret], 'token:stream-ticket');
    const sign = (body: Record<string, unknown>) =>
      new SignJWT(body).setProtectedHeader({ alg: 'HS256', kid: keyId }).setAudience('relay:r1');
    expect(await refusal(await sign({ c: value }).sign(key))).not.toBe('accepted');
    expect(
      await refusal(
        await sign({ c: { callId: 'x' } })
          .setExpirationTime('1m')
          .sign(key),
      ),
    ).toBe('malformed');
  });

  it('stays valid during rotation of the secret', async () => {
    const before = await tokens.sign(value, options);
    const rotated = new SignedTokens([other, secret], 'stream-ticket', claims);
    expect(await refusal(before, 'relay:r1', rotated)).toBe('accepted');
    expect(
      await refusal(
        await rotated.sign(value, options),
        'relay:r1',
        new SignedTokens([other], 'stream-ticket', claims),
      ),
    ).toBe('accepted');
  });

  it('of random bytes is refused without a crash', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.string({ minLength: 3000, maxLength: 4000 }),
          fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((parts) => parts.join('.')),
        ),
        async (token) => {
          expect(['malformed', 'forged']).toContain(await refusal(token));
        },
      ),
      { numRuns: 300 },
    );
  });
});
