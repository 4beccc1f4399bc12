import { Body, Controller, Header, HttpCode, Inject, Logger, Post, Query, UseGuards } from '@nestjs/common';
import { farewellTwiml, hangupTwiml } from '@tandem/telephony';
import { z } from 'zod';
import { APOLOGY } from '../admission/refusals.ts';
import { Transfers } from '../transfer/transfers.service.ts';
import { CallbackTokens, type CallbackClaims } from './callback-tokens.ts';
import { TwilioSignatureGuard } from './twilio-signature.guard.ts';
import { operatorForm, transferEndedForm, type OperatorForm } from './twilio-forms.ts';

const tokenQuery = z.string().max(2048).optional();
const asksQuery = z.coerce.number().int().min(1).max(10).default(1);

/**
 * The carrier on a call that is being put through. The person's leg is a call of its own; ours is its parent.
 */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class TransferController {
  private readonly logger = new Logger(TransferController.name);

  constructor(
    @Inject(CallbackTokens) private readonly tokens: CallbackTokens,
    @Inject(Transfers) private readonly transfers: Transfers,
  ) {}

  /** `<Number url>`: somebody has picked up. */
  @Post('operator-whisper')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async whisper(
    @Body({ schema: operatorForm }) form: OperatorForm,
    @Query('t', { schema: tokenQuery }) token?: string,
  ): Promise<string> {
    const claims = await this.tokens.check(token, form.ParentCallSid);
    return this.orHangUp(claims, () => this.transfers.whisper(claims));
  }

  /** `<Gather action>`: they have pressed or said something. */
  @Post('operator-answer')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async answer(
    @Body({ schema: operatorForm }) form: OperatorForm,
    @Query('t', { schema: tokenQuery }) token?: string,
    @Query('asks', { schema: asksQuery }) asks = 1,
  ): Promise<string> {
    const claims = await this.tokens.check(token, form.ParentCallSid);
    return this.orHangUp(claims, () => this.transfers.answered(claims, form, asks));
  }

  /** `<Dial action>`: the talk is over, or never came about. */
  @Post('transfer-ended')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async ended(
    @Body({ schema: transferEndedForm }) form: z.infer<typeof transferEndedForm>,
    @Query('t', { schema: tokenQuery }) token?: string,
  ): Promise<string> {
    const claims = await this.tokens.check(token, form.CallSid);
    try {
      return await this.transfers.ended(claims, form);
    } catch (error) {
      this.logger.error(
        { err: error, callId: claims.callId },
        'a caller who came back could not be placed: call state does not answer',
      );
      return farewellTwiml({ text: APOLOGY, language: 'en-US' });
    }
  }

  /**
   * The person is let go and the caller comes back, rather than both hearing the carrier's own error message.
   */
  private async orHangUp(claims: CallbackClaims, answer: () => Promise<string>): Promise<string> {
    try {
      return await answer();
    } catch (error) {
      this.logger.error(
        { err: error, callId: claims.callId },
        'a person could not be asked to take a call: call state does not answer',
      );
      return hangupTwiml();
    }
  }
}
