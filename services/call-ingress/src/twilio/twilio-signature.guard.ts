import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { CONFIG, Problem, type ServiceConfig } from '@tandem/platform';
import type { Request } from 'express';
import twilio from 'twilio';
import { IngressMetrics } from '../ingress-metrics.ts';
import { PublicBaseUrl } from '../public-base-url.ts';

/**
 * Lets pass what Twilio signed for the configured public address. Host and X-Forwarded headers are not looked at: who
 * can set them could choose what is verified. Two auth tokens are accepted while one is being rotated.
 */
@Injectable()
export class TwilioSignatureGuard implements CanActivate {
  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'call-ingress'>,
    @Inject(PublicBaseUrl) private readonly base: PublicBaseUrl,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const signature = request.header('x-twilio-signature');
    if (!signature) return this.refuse('missing');
    const url = `${this.base.value}${request.originalUrl}`;
    const fields = request.method === 'POST' ? ((request.body ?? {}) as Record<string, unknown>) : {};
    if (!this.config.twilioAuthTokens.some((token) => twilio.validateRequest(token, signature, url, fields))) return this.refuse('wrong');
    const { twilioAccountSid } = this.config;
    if (twilioAccountSid && fields.AccountSid !== undefined && fields.AccountSid !== twilioAccountSid) return this.refuse('other-account');
    return true;
  }

  private refuse(reason: keyof typeof REFUSALS): never {
    this.metrics.signatureFailures.inc({ reason });
    throw new Problem(403, 'twilio-signature', 'Not signed by Twilio', REFUSALS[reason], {}, {}, reason);
  }
}

const REFUSALS = {
  missing: 'The request carries no X-Twilio-Signature, so it does not come from Twilio, or a proxy in front takes the header out.',
  wrong:
    'The signature does not fit this address. If the request comes from Twilio, TWILIO_AUTH_TOKEN is wrong or PUBLIC_BASE_URL is not the address the number is configured with.',
  'other-account': 'The request is signed rightly and comes from another account than the one TWILIO_ACCOUNT_SID names. Correct the SID, or give the number to that account.',
} as const;
