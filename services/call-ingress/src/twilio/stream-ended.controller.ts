import { Body, Controller, Header, HttpCode, Inject, Logger, Post, Query, UseGuards } from '@nestjs/common';
import { farewellTwiml } from '@tandem/telephony';
import { z } from 'zod';
import { CallRecovery } from '../admission/call-recovery.ts';
import { APOLOGY } from '../admission/refusals.ts';
import { CallbackTokens } from './callback-tokens.ts';
import { TwilioSignatureGuard } from './twilio-signature.guard.ts';
import { streamEndedForm } from './twilio-forms.ts';

/** The `<Connect action>`: the stream is over, what now? */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class StreamEndedController {
  private readonly logger = new Logger(StreamEndedController.name);

  constructor(
    @Inject(CallbackTokens) private readonly tokens: CallbackTokens,
    @Inject(CallRecovery) private readonly reAttachment: CallRecovery,
  ) {}

  @Post('stream-ended')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async streamEnded(
    @Body({ schema: streamEndedForm }) form: z.infer<typeof streamEndedForm>,
    @Query('t', { schema: z.string().max(2048).optional() }) token?: string,
  ): Promise<string> {
    const claims = await this.tokens.check(token, form.CallSid);
    try {
      return await this.reAttachment.onStreamEnded(claims);
    } catch (error) {
      this.logger.error(
        { err: error, callId: claims.callId },
        'the end of a stream could not be looked up: call state does not answer',
      );
      return farewellTwiml({ text: APOLOGY, language: 'en-US' });
    }
  }
}
