import type { ExecutionContext } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { loadServiceConfig } from '@tandem/platform';
import twilio from 'twilio';
import type { IngressMetrics } from '../ingress-metrics.ts';
import { TwilioAccounts } from './twilio-accounts.ts';
import { TwilioSignatureGuard } from './twilio-signature.guard.ts';

const A = `AC${'a'.repeat(32)}`;
const B = `AC${'b'.repeat(32)}`;
const STRANGER = `AC${'c'.repeat(32)}`;
const BASE = 'https://voice.example.com';
const PATH = '/twilio/voice?told=0';
const BOTH = { TWILIO_ACCOUNT_SID: A, TWILIO_AUTH_TOKEN: 'token-a', TWILIO_ACCOUNTS: `${B}:token-b` };
const KEYS = {
  ...BOTH,
  TWILIO_WEBHOOK_KEYS:
    `${A}:webhooks_sharedkey_1:old-secret, ${A}:webhooks_sharedkey_2:new:secret, ` +
    `${B}:webhooks_sharedkey_b:secret-b`,
};
const REQUIRED = {
  TANDEM_SECRET: 'x'.repeat(32),
  REDIS_URL: 'redis://localhost',
  DATABASE_URL: 'postgres://localhost/x',
};

interface Asked {
  readonly account?: string;
  readonly secret?: string;
  readonly algorithm?: string;
  readonly settings?: string;
}

/** What becomes of a request: let in, or why not. */
function told(
  environment: Record<string, string>,
  { account, secret = '', algorithm, settings }: Asked,
): string {
  const counted: string[] = [];
  const fields = {
    CallSid: `CA${'0'.repeat(32)}`,
    From: '',
    ...(account === undefined ? {} : { AccountSid: account }),
  };
  const headers: Record<string, string | undefined> = {
    'x-twilio-signature':
      secret === '' ? undefined : twilio.getExpectedTwilioSignature(secret, BASE + PATH, fields, algorithm),
    'x-twilio-webhooks-signature-settings': settings,
  };
  const request = {
    header: (name: string) => headers[name.toLowerCase()],
    method: 'POST',
    body: fields,
    originalUrl: PATH,
  };
  const metrics = {
    signatureFailures: { inc: ({ reason }: { reason: string }) => counted.push(reason) },
  } as unknown as IngressMetrics;
  const guard = new TwilioSignatureGuard(
    new TwilioAccounts(loadServiceConfig('call-ingress', { ...REQUIRED, ...environment })),
    { value: BASE } as never,
    metrics,
  );
  try {
    guard.canActivate({ switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext);
    return 'let in';
  } catch (error) {
    expect(error).toMatchObject({ status: 403 });
    return counted.join();
  }
}

describe('a request of one of several accounts', () => {
  it('is let in with the token of its own account, and no other', () => {
    expect(told(BOTH, { account: A, secret: 'token-a' })).toBe('let in');
    expect(told(BOTH, { account: B, secret: 'token-b' })).toBe('let in');
    expect(told(BOTH, { account: A, secret: 'token-b' })).toBe('wrong');
    expect(told(BOTH, { account: B, secret: 'token-a' })).toBe('wrong');
  });

  it('that names none, or another one, is refused', () => {
    expect(told(BOTH, { secret: 'token-a' })).toBe('wrong');
    expect(told(BOTH, { account: STRANGER, secret: 'token-a' })).toBe('other-account');
    expect(told(BOTH, { account: A })).toBe('missing');
  });

  it('is let in with either token while one is rotated', () => {
    const rotating = {
      ...BOTH,
      TWILIO_AUTH_TOKEN: 'new-a, token-a',
      TWILIO_ACCOUNTS: `${B}:new-b,${B}:token-b`,
    };
    for (const secret of ['new-a', 'token-a']) expect(told(rotating, { account: A, secret })).toBe('let in');
    for (const secret of ['new-b', 'token-b']) expect(told(rotating, { account: B, secret })).toBe('let in');
  });
});

describe('a request of the only account', () => {
  it('need not name it', () => {
    const one = { TWILIO_ACCOUNT_SID: A, TWILIO_AUTH_TOKEN: 'token-a' };
    expect(told(one, { secret: 'token-a' })).toBe('let in');
    expect(told(one, { account: B, secret: 'token-a' })).toBe('other-account');
  });

  it('may be of any account where none is named, but not of one with a token of its own', () => {
    const open = { TWILIO_AUTH_TOKEN: 'token-a', TWILIO_ACCOUNTS: `${B}:token-b` };
    expect(told(open, { account: STRANGER, secret: 'token-a' })).toBe('let in');
    expect(told(open, { secret: 'token-a' })).toBe('let in');
    expect(told(open, { account: B, secret: 'token-a' })).toBe('wrong');
    expect(told(open, { account: B, secret: 'token-b' })).toBe('let in');
  });
});

describe('a request signed with a shared key', () => {
  const signed = (account: string, key: string, secret: string, algorithm = 'HMAC_SHA256') => ({
    account,
    secret,
    algorithm: 'HMAC_SHA256',
    settings: `key=${key},algorithm=${algorithm}`,
  });

  it('is let in with a key of its account, old or new', () => {
    expect(told(KEYS, signed(A, 'webhooks_sharedkey_1', 'old-secret'))).toBe('let in');
    expect(told(KEYS, signed(A, 'webhooks_sharedkey_2', 'new:secret'))).toBe('let in');
    expect(
      told(KEYS, {
        ...signed(A, 'webhooks_sharedkey_1', 'old-secret'),
        settings: 'algorithm=HMAC_SHA256, key=webhooks_sharedkey_1',
      }),
    ).toBe('let in');
    expect(
      told(KEYS, {
        ...signed(A, 'webhooks_sharedkey_1', 'old-secret'),
        algorithm: 'HMAC_SHA1',
        settings: 'key=webhooks_sharedkey_1,algorithm=HMAC_SHA1',
      }),
    ).toBe('let in');
  });

  it('is refused with another account’s key, an unknown one, the wrong secret or the token', () => {
    expect(told(KEYS, signed(A, 'webhooks_sharedkey_b', 'secret-b'))).toBe('unknown-key');
    expect(told(KEYS, signed(B, 'webhooks_sharedkey_1', 'old-secret'))).toBe('unknown-key');
    expect(told(KEYS, signed(A, 'webhooks_sharedkey_9', 'old-secret'))).toBe('unknown-key');
    expect(told(KEYS, signed(A, 'webhooks_sharedkey_1', 'new:secret'))).toBe('wrong');
    expect(told(KEYS, signed(A, 'webhooks_sharedkey_1', 'token-a'))).toBe('wrong');
    expect(told(KEYS, { ...signed(A, 'webhooks_sharedkey_1', 'old-secret'), settings: 'nonsense' })).toBe(
      'unknown-key',
    );
    expect(told(BOTH, signed(A, 'webhooks_sharedkey_1', 'old-secret'))).toBe('unknown-key');
  });

  it('is refused with an algorithm nobody knows', () => {
    expect(told(KEYS, signed(A, 'webhooks_sharedkey_1', 'old-secret', 'HMAC_MD5'))).toBe('unknown-algorithm');
  });
});
