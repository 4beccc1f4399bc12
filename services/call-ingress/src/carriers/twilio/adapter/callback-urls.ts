import { Inject, Injectable } from '@nestjs/common';
import { callIdSchema, tenantIdSchema } from '@tandem/contracts';
import { CONFIG, Problem, SignedTokens, TokenRefused, type ServiceConfig } from '@tandem/platform';
import { ASK_AGAIN } from '@tandem/telephony';
import { z } from 'zod';
import type { HoldProgress } from '../../../ports/carrier-instruction.ts';
import type { StreamRef } from '../../../ports/stream-ref.ts';
import { IngressMetrics } from '../../../runtime/ingress-metrics.ts';
import { PublicBaseUrl } from './public-base-url.ts';

const streamRefSchema = z.object({
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  carrierCallId: z.string().max(128),
  epoch: z.number().int().min(1),
}) satisfies z.ZodType<StreamRef>;

export type CallbackPath =
  | 'waiting-key'
  | 'stream-ended'
  | 'stream-status'
  | 'operator-whisper'
  | 'operator-answer'
  | 'transfer-ended';

/** Longer than the longest call: Twilio asks again when the call is over. */
const LIFETIME_S = 8 * 3600;
const AUDIENCE = 'call-ingress';

/**
 * The addresses Twilio asks about a call, each with a token of ours. Twilio's signature has neither time nor
 * nonce, so a captured request would stay valid; the token ties a callback to one call and expires.
 */
@Injectable()
export class CallbackUrls {
  private readonly tokens: SignedTokens<typeof streamRefSchema>;

  constructor(
    @Inject(CONFIG) config: Pick<ServiceConfig<'call-ingress'>, 'secrets'>,
    @Inject(PublicBaseUrl) private readonly base: Pick<PublicBaseUrl, 'value'>,
    private readonly metrics: IngressMetrics,
  ) {
    this.tokens = new SignedTokens(config.secrets, 'carrier-callback', streamRefSchema);
  }

  /** The address of a callback about this stream. `query` comes after the token. */
  async url(path: CallbackPath, stream: StreamRef, query = ''): Promise<string> {
    const token = await this.tokens.sign(stream, { audience: AUDIENCE, lifetimeS: LIFETIME_S });
    return `${this.base.value}/twilio/${path}?t=${token}${query}${ASK_AGAIN}`;
  }

  /** The address that asks again what to do with a waiting call; its query is `holdProgressQuery`. */
  voiceUrl({ announcedPosition, silentHolds, unverifiedHolds }: Partial<HoldProgress>): string {
    const query = Object.entries({ told: announcedPosition, silent: silentHolds, blind: unverifiedHolds })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${value}`);
    return `${this.base.value}/twilio/voice?${query.join('&')}${ASK_AGAIN}`;
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
      'The address does not carry a valid token for this call. Callback addresses come from the TwiML ' +
        'we answer with; they cannot be made up or reused.',
      {},
      {},
      reason,
    );
  }
}
