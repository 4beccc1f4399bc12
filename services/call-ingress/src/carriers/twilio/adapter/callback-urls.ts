import { Inject, Injectable } from '@nestjs/common';
import { ASK_AGAIN } from '@tandem/telephony';
import { CallbackTokens } from '../../../callbacks/callback-tokens.ts';
import { toHoldProgressQuery } from '../../../callbacks/hold-progress.ts';
import { PublicBaseUrl } from '../../../callbacks/public-base-url.ts';
import type { HoldProgress } from '../../../ports/carrier-instruction.ts';
import type { StreamRef } from '../../../ports/stream-ref.ts';

export type CallbackPath =
  | 'waiting-key'
  | 'stream-ended'
  | 'stream-status'
  | 'operator-whisper'
  | 'operator-answer'
  | 'transfer-ended';

/** The addresses Twilio asks about a call, each with a token of ours. */
@Injectable()
export class CallbackUrls {
  constructor(
    private readonly tokens: CallbackTokens,
    @Inject(PublicBaseUrl) private readonly base: Pick<PublicBaseUrl, 'value'>,
  ) {}

  /** The address of a callback about this stream. `query` comes after the token. */
  async url(path: CallbackPath, stream: StreamRef, query = ''): Promise<string> {
    const token = await this.tokens.sign(stream);
    return `${this.base.value}/twilio/${path}?t=${token}${query}${ASK_AGAIN}`;
  }

  /** The address that asks again what to do with a waiting call. */
  voiceUrl(progress: Partial<HoldProgress>): string {
    return `${this.base.value}/twilio/voice?${toHoldProgressQuery(progress)}${ASK_AGAIN}`;
  }

  /** Returns the stream a callback is about. @throws Problem 403 */
  verify(token: string | undefined, carrierCallId: string): Promise<StreamRef> {
    return this.tokens.verify(token, carrierCallId);
  }
}
