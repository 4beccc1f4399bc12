import { Body, Controller, Header, HttpCode, Logger, Post, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { APOLOGY } from '../../../announcements/announcements.ts';
import { sayAndHangUp } from '../../../ports/carrier-instruction.ts';
import { CallRecovery } from '../../../recovery/call-recovery.ts';
import { CallbackUrls } from '../adapter/callback-urls.ts';
import { TwilioCarrier } from '../adapter/twilio-carrier.ts';
import { TwilioSignatureGuard } from '../adapter/twilio-signature.guard.ts';
import { streamEndedForm, tokenQuery } from './twilio-forms.ts';

/** `<Connect action>`: the stream is over; Twilio asks what comes next. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class StreamEndedController {
  private readonly logger = new Logger(StreamEndedController.name);

  constructor(
    private readonly callbacks: CallbackUrls,
    private readonly recovery: CallRecovery,
    private readonly carrier: TwilioCarrier,
  ) {}

  @Post('stream-ended')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async streamEnded(
    @Body({ schema: streamEndedForm }) form: z.infer<typeof streamEndedForm>,
    @Query('t', { schema: tokenQuery }) token?: string,
  ): Promise<string> {
    const stream = await this.callbacks.verify(token, form.CallSid);
    try {
      return await this.carrier.render(await this.recovery.onStreamEnded(stream));
    } catch (error) {
      this.logger.error(
        { err: error, callId: stream.callId },
        'ended stream not followed up: call state does not answer',
      );
      return this.carrier.render(sayAndHangUp('apology', APOLOGY));
    }
  }
}
