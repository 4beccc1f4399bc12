import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Problem } from '@tandem/platform';
import type { Request } from 'express';
import twilio from 'twilio';
import { PublicBaseUrl } from '../../../callbacks/public-base-url.ts';
import { IngressMetrics } from '../../../runtime/ingress-metrics.ts';
import { TwilioAccounts } from './twilio-accounts.ts';

/** The secrets that may have signed a request. */
interface Signers {
  readonly secrets: readonly string[];
  readonly algorithm: string;
}

const REFUSALS = {
  missing:
    'The request carries no X-Twilio-Signature, so it does not come from Twilio, or a proxy in front ' +
    'removes the header.',
  wrong:
    'The signature does not fit the account and this address. If the request comes from Twilio, ' +
    'TWILIO_AUTH_TOKEN is wrong or PUBLIC_BASE_URL is not the address the number is configured with.',
  'other-account':
    'The request names an account that is not configured. If it is yours, set it in TWILIO_ACCOUNT_SID ' +
    'or TWILIO_ACCOUNTS.',
  'unknown-key':
    'The request is signed with a shared key that is not configured for its account. Add it to ' +
    'TWILIO_WEBHOOK_KEYS.',
  'unknown-algorithm':
    'The request is signed with an unsupported algorithm. HMAC_SHA256 and HMAC_SHA1 are supported.',
} as const;

/**
 * Admits requests Twilio signed for the configured public address: with the auth token of the account the
 * request names, or with a shared key of that account. Host and X-Forwarded headers are ignored: a client
 * that sets them could choose what is verified. Several tokens and keys are accepted during a rotation.
 */
@Injectable()
export class TwilioSignatureGuard implements CanActivate {
  constructor(
    private readonly accounts: TwilioAccounts,
    private readonly base: PublicBaseUrl,
    private readonly metrics: IngressMetrics,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const signature = request.header(twilio.SIGNATURE_HEADER);
    if (!signature) return this.refuse('missing');
    const fields = request.method === 'POST' ? ((request.body ?? {}) as Record<string, unknown>) : {};
    const { secrets, algorithm } = this.signersOf(
      fields['AccountSid'],
      request.header(twilio.SIGNATURE_SETTINGS_HEADER),
    );
    const url = `${this.base.value}${request.originalUrl}`;
    return (
      secrets.some((secret) => twilio.validateRequest(secret, signature, url, fields, algorithm)) ||
      this.refuse('wrong')
    );
  }

  private signersOf(accountSid: unknown, settings: string | undefined): Signers {
    const account = this.accounts.accountOf(typeof accountSid === 'string' ? accountSid : undefined);
    if (account === null) return this.refuse('other-account');
    if (settings === undefined)
      return { secrets: this.accounts.tokensOf(account), algorithm: twilio.HMAC_SHA1 };
    const algorithm = twilio.getSignatureAlgorithm(settings);
    if (algorithm !== twilio.HMAC_SHA256 && algorithm !== twilio.HMAC_SHA1)
      return this.refuse('unknown-algorithm');
    const secret = this.accounts.sharedSecretOf(account, keyIn(settings));
    return secret === null ? this.refuse('unknown-key') : { secrets: [secret], algorithm };
  }

  private refuse(reason: keyof typeof REFUSALS): never {
    this.metrics.signatureFailures.inc({ reason });
    throw new Problem(403, 'twilio-signature', 'Not signed by Twilio', REFUSALS[reason], {}, {}, reason);
  }
}

/** Returns the key id in `key=webhooks_sharedkey_…,algorithm=HMAC_SHA256`. */
function keyIn(settings: string): string {
  const part = settings.split(',').find((candidate) => /^\s*key=/.test(candidate));
  return part?.slice(part.indexOf('=') + 1).trim() ?? '';
}
