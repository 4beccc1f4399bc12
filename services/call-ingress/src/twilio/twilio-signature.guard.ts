import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Problem } from '@tandem/platform';
import type { Request } from 'express';
import twilio from 'twilio';
import { IngressMetrics } from '../ingress-metrics.ts';
import { PublicBaseUrl } from '../public-base-url.ts';
import { TwilioAccounts } from './twilio-accounts.ts';

const REFUSALS = {
  missing: 'The request carries no X-Twilio-Signature, so it does not come from Twilio, or a proxy in front takes the header out.',
  wrong: 'The signature does not fit the account and this address. If the request comes from Twilio, TWILIO_AUTH_TOKEN is wrong or PUBLIC_BASE_URL is not the address the number is configured with.',
  'other-account': 'The request is of an account that is not configured. If it is yours, name it in TWILIO_ACCOUNT_SID or TWILIO_ACCOUNTS.',
} as const;

/**
 * Lets pass what Twilio signed for the configured public address: with the auth token of the account the request names.
 * Host and X-Forwarded headers are not looked at: who can set them could choose what is verified. Two tokens are accepted
 * while one is being rotated.
 */
@Injectable()
export class TwilioSignatureGuard implements CanActivate {
  constructor(
    @Inject(TwilioAccounts) private readonly accounts: TwilioAccounts,
    @Inject(PublicBaseUrl) private readonly base: PublicBaseUrl,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const signature = request.header('x-twilio-signature');
    if (!signature) return this.refuse('missing');
    const fields = request.method === 'POST' ? ((request.body ?? {}) as Record<string, unknown>) : {};
    const account = this.accounts.accountOf(typeof fields['AccountSid'] === 'string' ? fields['AccountSid'] : undefined);
    if (account === null) return this.refuse('other-account');
    const url = `${this.base.value}${request.originalUrl}`;
    return this.accounts.tokensOf(account).some((token) => twilio.validateRequest(token, signature, url, fields)) || this.refuse('wrong');
  }

  private refuse(reason: keyof typeof REFUSALS): never {
    this.metrics.signatureFailures.inc({ reason });
    throw new Problem(403, 'twilio-signature', 'Not signed by Twilio', REFUSALS[reason], {}, {}, reason);
  }
}
