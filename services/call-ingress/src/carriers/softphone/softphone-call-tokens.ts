import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { partySchema } from '@tandem/contracts';
import { CONFIG, Problem, SignedTokens, TokenRefused, type ServiceConfig } from '@tandem/platform';
import { z } from 'zod';
import { IngressMetrics } from '../../runtime/ingress-metrics.ts';

const callSchema = z.object({
  /** Ours: a browser has no carrier that would name its calls. */
  carrierCallId: z.string().max(128),
  from: partySchema,
  to: partySchema,
});
export type SoftphoneCall = z.infer<typeof callSchema>;

/** Longer than the longest call. */
const LIFETIME_S = 8 * 3600;
const AUDIENCE = 'call-ingress';

/** Tokens that stand for a browser's call: questions about it without one are refused. */
@Injectable()
export class SoftphoneCallTokens {
  private readonly tokens: SignedTokens<typeof callSchema>;

  constructor(
    @Inject(CONFIG) config: Pick<ServiceConfig<'call-ingress'>, 'secrets'>,
    private readonly metrics: IngressMetrics,
  ) {
    this.tokens = new SignedTokens(config.secrets, 'softphone-call', callSchema);
  }

  /** Returns a new call with its token. */
  async issue(parties: Pick<SoftphoneCall, 'from' | 'to'>): Promise<{ call: SoftphoneCall; token: string }> {
    const call = { carrierCallId: `SP-${randomUUID()}`, ...parties };
    return { call, token: await this.tokens.sign(call, { audience: AUDIENCE, lifetimeS: LIFETIME_S }) };
  }

  /** @throws Problem 403 */
  async verify(token: string): Promise<SoftphoneCall> {
    try {
      return await this.tokens.verify(token, AUDIENCE);
    } catch (error) {
      const reason = error instanceof TokenRefused ? error.reason : 'malformed';
      this.metrics.refusedCallbacks.inc({ reason });
      throw new Problem(
        403,
        'call-token',
        'Not a call of ours',
        'The token of the call is invalid or has expired. Start a new call.',
        {},
        {},
        reason,
      );
    }
  }
}
