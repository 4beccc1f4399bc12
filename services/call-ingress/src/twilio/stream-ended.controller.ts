import { setTimeout as sleep } from 'node:timers/promises';
import { Body, Controller, Header, HttpCode, Inject, Logger, Post, Query, UseGuards } from '@nestjs/common';
import { CallRecordStore, type CallStanding } from '@tandem/call-state';
import { PostCallQueue } from '@tandem/platform';
import { farewellTwiml, hangupTwiml } from '@tandem/telephony';
import { z } from 'zod';
import { APOLOGY } from '../admission/refusals.ts';
import { IngressMetrics } from '../ingress-metrics.ts';
import { CallbackTokens, type CallbackClaims } from './callback-tokens.ts';
import { TwilioSignatureGuard } from './twilio-signature.guard.ts';
import { streamEndedForm } from './twilio-forms.ts';

/** A relay that ends a call writes the ending before it closes the stream; a moment's patience covers a slow write. */
const ENDING_WAIT_MS = 1_500;
const POLL_MS = 100;

/** Endings the caller did not bring about and has to be told of. */
const NEEDS_APOLOGY: ReadonlySet<string> = new Set(['model-failed', 'model-unavailable', 'internal-error', 'relay-shutdown', 'media-errors', 'stream-lost', 'relay-lost']);

/** The `<Connect action>`: the stream is over, what now? */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class StreamEndedController {
  private readonly logger = new Logger(StreamEndedController.name);

  constructor(
    @Inject(CallbackTokens) private readonly tokens: CallbackTokens,
    @Inject(CallRecordStore) private readonly records: CallRecordStore,
    @Inject(PostCallQueue) private readonly postCall: PostCallQueue,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  @Post('stream-ended')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async streamEnded(@Body({ schema: streamEndedForm }) form: z.infer<typeof streamEndedForm>, @Query('t', { schema: z.string().max(2048).optional() }) token?: string): Promise<string> {
    const claims = await this.tokens.check(token, form.CallSid);
    try {
      const reason = await this.endingOf(claims);
      const isApology = NEEDS_APOLOGY.has(reason);
      this.metrics.streamEndings.inc({ next: isApology ? 'apology' : 'hangup' });
      return isApology ? farewellTwiml({ text: APOLOGY, language: 'en-US' }) : hangupTwiml();
    } catch (error) {
      this.logger.error({ err: error, callId: claims.callId }, 'the end of a stream could not be looked up: call state does not answer');
      return farewellTwiml({ text: APOLOGY, language: 'en-US' });
    }
  }

  private async endingOf({ callId, tenantId }: CallbackClaims): Promise<string> {
    const standing = await this.settled(callId);
    if (!standing || standing.state === 'ended') return standing?.endReason ?? 'caller-hangup';
    this.logger.warn({ callId, relayId: standing.relayId }, 'a stream ended without its relay ending the call');
    await this.records.end(callId, standing, 'stream-lost');
    await this.postCall.enqueue(callId, tenantId, 'reaped');
    return 'stream-lost';
  }

  private async settled(callId: CallbackClaims['callId']): Promise<CallStanding | null> {
    for (let waitedMs = 0; ; waitedMs += POLL_MS) {
      const standing = await this.records.standing(callId);
      if (!standing || standing.state === 'ended' || waitedMs >= ENDING_WAIT_MS) return standing;
      await sleep(POLL_MS);
    }
  }
}
