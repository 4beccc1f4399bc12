import { Body, Controller, Header, HttpCode, Inject, Post, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { WaitingRoom } from '../admission/waiting-room.ts';
import { CallbackTokens } from './callback-tokens.ts';
import { waitingKeyForm } from './twilio-forms.ts';
import { TwilioSignatureGuard } from './twilio-signature.guard.ts';

/** `<Gather action>`: a caller who waits has pressed a key. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class WaitingKeyController {
  constructor(
    @Inject(CallbackTokens) private readonly tokens: CallbackTokens,
    @Inject(WaitingRoom) private readonly waiting: WaitingRoom,
  ) {}

  @Post('waiting-key')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async pressed(
    @Body({ schema: waitingKeyForm }) form: z.infer<typeof waitingKeyForm>,
    @Query('t', { schema: z.string().max(2048).optional() }) token?: string,
  ): Promise<string> {
    return this.waiting.handleKey(await this.tokens.check(token, form.CallSid), form.Digits);
  }
}
