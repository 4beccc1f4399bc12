import type { ExecutionContext } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { loadServiceConfig } from '@tandem/platform';
import twilio from 'twilio';
import type { IngressMetrics } from '../../../runtime/ingress-metrics.ts';
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

interface SignedRequest {
  readonly account?: string;
  readonly secret?: string;
  readonly algorithm?: string;
  readonly settings?: string;
}

/** Returns `admitted`, or the counted reason of the refusal. */
function check(
  environment: Record<string, string>,
  { account, secret = '', algorithm, settings }: SignedRequest,
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
    return 'admitted';
  } catch (error) {
    expect(error).toMatchObject({ status: 403 });
    return counted.join();
  }
}

describe('a request of one of several accounts', () => {
  it('is admitted with the token of its own account only', () => {
    expect(check(BOTH, { account: A, secret: 'token-a' })).toBe('admitted');
    expect(check(BOTH, { account: B, secret: 'token-b' })).toBe('admitted');
    expect(check(BOTH, { account: A, secret: 'token-b' })).toBe('wrong');
    expect(check(BOTH, { account: B, secret: 'token-a' })).toBe('wrong');
  });

  it('is refused when it names no account, or an unknown one', () => {
    expect(check(BOTH, { secret: 'token-a' })).toBe('wrong');
    expect(check(BOTH, { account: STRANGER, secret: 'token-a' })).toBe('other-account');
    expect(check(BOTH, { account: A })).toBe('missing');
  });

  it('is admitted with either token during a rotation', () => {
    const rotating = {
      ...BOTH,
      TWILIO_AUTH_TOKEN: 'new-a, token-a',
      TWILIO_ACCOUNTS: `${B}:new-b,${B}:token-b`,
    };
    for (const secret of ['new-a', 'token-a'])
      expect(check(rotating, { account: A, secret })).toBe('admitted');
    for (const secret of ['new-b', 'token-b'])
      expect(check(rotating, { account: B, secret })).toBe('admitted');
  });
});

describe('a request of the only account', () => {
  it('need not name it', () => {
    const one = { TWILIO_ACCOUNT_SID: A, TWILIO_AUTH_TOKEN: 'token-a' };
    expect(check(one, { secret: 'token-a' })).toBe('admitted');
    expect(check(one, { account: B, secret: 'token-a' })).toBe('other-account');
  });

  it('may name any account without a token of its own when none is configured', () => {
    const open = { TWILIO_AUTH_TOKEN: 'token-a', TWILIO_ACCOUNTS: `${B}:token-b` };
    expect(check(open, { account: STRANGER, secret: 'token-a' })).toBe('admitted');
    expect(check(open, { secret: 'token-a' })).toBe('admitted');
    expect(check(open, { account: B, secret: 'token-a' })).toBe('wrong');
    expect(check(open, { account: B, secret: 'token-b' })).toBe('admitted');
  });
});

describe('a request signed with a shared key', () => {
  const signed = (account: string, key: string, secret: string, algorithm = 'HMAC_SHA256') => ({
    account,
    secret,
    algorithm: 'HMAC_SHA256',
    settings: `key=${key},algorithm=${algorithm}`,
  });

  it('is admitted with an old or new key of its account', () => {
    expect(check(KEYS, signed(A, 'webhooks_sharedkey_1', 'old-secret'))).toBe('admitted');
    expect(check(KEYS, signed(A, 'webhooks_sharedkey_2', 'new:secret'))).toBe('admitted');
    expect(
      check(KEYS, {
        ...signed(A, 'webhooks_sharedkey_1', 'old-secret'),
        settings: 'algorithm=HMAC_SHA256, key=webhooks_sharedkey_1',
      }),
    ).toBe('admitted');
    expect(
      check(KEYS, {
        ...signed(A, 'webhooks_sharedkey_1', 'old-secret'),
        algorithm: 'HMAC_SHA1',
        settings: 'key=webhooks_sharedkey_1,algorithm=HMAC_SHA1',
      }),
    ).toBe('admitted');
  });

  it('is refused with another account’s key, an unknown one, the wrong secret or the token', () => {
    expect(check(KEYS, signed(A, 'webhooks_sharedkey_b', 'secret-b'))).toBe('unknown-key');
    expect(check(KEYS, signed(B, 'webhooks_sharedkey_1', 'old-secret'))).toBe('unknown-key');
    expect(check(KEYS, signed(A, 'webhooks_sharedkey_9', 'old-secret'))).toBe('unknown-key');
    expect(check(KEYS, signed(A, 'webhooks_sharedkey_1', 'new:secret'))).toBe('wrong');
    expect(check(KEYS, signed(A, 'webhooks_sharedkey_1', 'token-a'))).toBe('wrong');
    expect(check(KEYS, { ...signed(A, 'webhooks_sharedkey_1', 'old-secret'), settings: 'nonsense' })).toBe(
      'unknown-key',
    );
    expect(check(BOTH, signed(A, 'webhooks_sharedkey_1', 'old-secret'))).toBe('unknown-key');
  });

  it('is refused with an unsupported algorithm', () => {
    expect(check(KEYS, signed(A, 'webhooks_sharedkey_1', 'old-secret', 'HMAC_MD5'))).toBe(
      'unknown-algorithm',
    );
  });
});
