import { Body, Controller, Header, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import type { z } from 'zod';
import { WaitingRoom } from '../../../waiting/waiting-room.ts';
import { CallbackUrls } from '../adapter/callback-urls.ts';
import { TwilioCarrier } from '../adapter/twilio-carrier.ts';
import { TwilioSignatureGuard } from '../adapter/twilio-signature.guard.ts';
import { tokenQuery, waitingKeyForm } from './twilio-forms.ts';

/** `<Gather action>`: a waiting caller has pressed a key. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class WaitingKeyController {
  constructor(
    private readonly callbacks: CallbackUrls,
    private readonly waiting: WaitingRoom,
    private readonly carrier: TwilioCarrier,
  ) {}

  @Post('waiting-key')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async pressed(
    @Body({ schema: waitingKeyForm }) form: z.infer<typeof waitingKeyForm>,
    @Query('t', { schema: tokenQuery }) token?: string,
  ): Promise<string> {
    const stream = await this.callbacks.verify(token, form.CallSid);
    return this.carrier.render(await this.waiting.handleKey(stream, form.Digits));
  }
}
