import { Inject, Injectable } from '@nestjs/common';
import { callIdSchema, tenantIdSchema } from '@tandem/contracts';
import { ASK_AGAIN } from '@tandem/telephony';
import { CONFIG, Problem, SignedTokens, TokenRefused, type ServiceConfig } from '@tandem/platform';
import { z } from 'zod';
import { IngressMetrics } from '../ingress-metrics.ts';
import { PublicBaseUrl } from '../public-base-url.ts';

/**
 * `epoch` is of the stream the callback is about, of the one given up for a transfer, or of the one that is
 * waited for.
 */
const claimsSchema = z.object({
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  carrierCallId: z.string().max(128),
  epoch: z.number().int().min(1),
});
export type CallbackClaims = z.infer<typeof claimsSchema>;
export type CallbackPath =
  | 'waiting-key'
  | 'stream-ended'
  | 'stream-status'
  | 'operator-whisper'
  | 'operator-answer'
  | 'transfer-ended';

/** Longer than the longest call: the carrier comes back when it is over. */
const LIFETIME_S = 8 * 3600;
const AUDIENCE = 'call-ingress';

/**
 * Our own token in the addresses we give to the carrier. Its signature has neither time nor nonce, so a
 * captured request would be good for ever; this ties each callback to one call and ends.
 */
@Injectable()
export class CallbackTokens {
  private readonly tokens: SignedTokens<typeof claimsSchema>;

  constructor(
    @Inject(CONFIG) config: ServiceConfig<'call-ingress'>,
    @Inject(PublicBaseUrl) private readonly base: PublicBaseUrl,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {
    this.tokens = new SignedTokens(config.secrets, 'carrier-callback', claimsSchema);
  }

  /** The address the carrier is to ask about this call. `query` comes after the token. */
  async url(path: CallbackPath, claims: CallbackClaims, query = ''): Promise<string> {
    return `${this.base.value}/twilio/${path}?t=${await this.tokens.sign(claims, { audience: AUDIENCE, lifetimeS: LIFETIME_S })}${query}${ASK_AGAIN}`;
  }

  /** @throws Problem 403 */
  async check(token: string | undefined, carrierCallId: string): Promise<CallbackClaims> {
    let reason = 'other-call';
    try {
      const claims = await this.tokens.verify(token ?? '', AUDIENCE);
      if (claims.carrierCallId === carrierCallId) return claims;
    } catch (error) {
      reason = error instanceof TokenRefused ? error.reason : 'malformed';
    }
    this.metrics.refusedCallbacks.inc({ reason });
    throw new Problem(
      403,
      'callback-token',
      'Not a callback of ours',
      'The address does not carry a valid token for this call. Callback addresses come from the TwiML ' +
        'we answer with; they cannot be made up or reused.',
      {},
      {},
      reason,
    );
  }
}
