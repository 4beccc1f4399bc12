import { Inject, Injectable } from '@nestjs/common';
import { callIdSchema, tenantIdSchema } from '@tandem/contracts';
import { CONFIG, Problem, SignedTokens, TokenRefused, type ServiceConfig } from '@tandem/platform';
import { z } from 'zod';
import type { StreamRef } from '../ports/stream-ref.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';

const streamRefSchema = z.object({
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  carrierCallId: z.string().max(128),
  epoch: z.number().int().min(1),
}) satisfies z.ZodType<StreamRef>;

/** Longer than the longest call: the carrier asks again when the call is over. */
const LIFETIME_S = 8 * 3600;
const AUDIENCE = 'call-ingress';

/**
 * Tokens of ours in the addresses a carrier asks about a call. A carrier's signature may have neither time
 * nor nonce, so a captured request would stay valid; the token ties a callback to one call and expires.
 */
@Injectable()
export class CallbackTokens {
  private readonly tokens: SignedTokens<typeof streamRefSchema>;

  constructor(
    @Inject(CONFIG) config: Pick<ServiceConfig<'call-ingress'>, 'secrets'>,
    private readonly metrics: IngressMetrics,
  ) {
    this.tokens = new SignedTokens(config.secrets, 'carrier-callback', streamRefSchema);
  }

  sign(stream: StreamRef): Promise<string> {
    return this.tokens.sign(stream, { audience: AUDIENCE, lifetimeS: LIFETIME_S });
  }

  /** Returns the stream a callback is about. @throws Problem 403 */
  async verify(token: string | undefined, carrierCallId: string): Promise<StreamRef> {
    let reason = 'other-call';
    try {
      const stream = await this.tokens.verify(token ?? '', AUDIENCE);
      if (stream.carrierCallId === carrierCallId) return stream;
    } catch (error) {
      reason = error instanceof TokenRefused ? error.reason : 'malformed';
    }
    this.metrics.refusedCallbacks.inc({ reason });
    throw new Problem(
      403,
      'callback-token',
      'Not a callback of ours',
      'The address does not carry a valid token for this call. Callback addresses come from our answers ' +
        'to the carrier; they cannot be made up or reused.',
      {},
      {},
      reason,
    );
  }
}
