import { Body, Controller, Header, HttpCode, Logger, Post, Query, UseGuards } from '@nestjs/common';
import { isFinalStatus } from '@tandem/contracts';
import { z } from 'zod';
import { APOLOGY } from '../../../announcements/announcements.ts';
import { HANG_UP, sayAndHangUp, type CarrierInstruction } from '../../../ports/carrier-instruction.ts';
import type { StreamRef } from '../../../ports/stream-ref.ts';
import { TransferReturn } from '../../../recovery/transfer-return.ts';
import { OperatorQuestions } from '../../../transfer/operator-questions.ts';
import { CallbackUrls } from '../adapter/callback-urls.ts';
import { TwilioCarrier } from '../adapter/twilio-carrier.ts';
import { TwilioSignatureGuard } from '../adapter/twilio-signature.guard.ts';
import {
  dialReportOf,
  operatorForm,
  tokenQuery,
  transferEndedForm,
  type OperatorForm,
  type TransferEndedForm,
} from './twilio-forms.ts';

const attemptQuery = z.coerce.number().int().min(1).max(10).default(1);

/** Twilio's questions during a transfer. The person's leg is a call of its own, the caller's its parent. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class TransferController {
  private readonly logger = new Logger(TransferController.name);

  constructor(
    private readonly callbacks: CallbackUrls,
    private readonly questions: OperatorQuestions,
    private readonly transfers: TransferReturn,
    private readonly carrier: TwilioCarrier,
  ) {}

  /** `<Number url>`: the person has picked up. */
  @Post('operator-whisper')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async whisper(
    @Body({ schema: operatorForm }) form: OperatorForm,
    @Query('t', { schema: tokenQuery }) token?: string,
  ): Promise<string> {
    const stream = await this.callbacks.verify(token, form.ParentCallSid);
    return this.renderOrHangUp(stream, () => this.questions.ask(stream));
  }

  /** `<Gather action>`: the person has pressed a key or said something. */
  @Post('operator-answer')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async answer(
    @Body({ schema: operatorForm }) form: OperatorForm,
    @Query('t', { schema: tokenQuery }) token?: string,
    @Query('asks', { schema: attemptQuery }) attempt = 1,
  ): Promise<string> {
    const stream = await this.callbacks.verify(token, form.ParentCallSid);
    const answer = { key: form.Digits, speech: form.SpeechResult };
    return this.renderOrHangUp(stream, () => this.questions.handleAnswer(stream, answer, attempt));
  }

  /** `<Dial action>`: the conversation with the person is over, or never began. */
  @Post('transfer-ended')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async ended(
    @Body({ schema: transferEndedForm }) form: TransferEndedForm,
    @Query('t', { schema: tokenQuery }) token?: string,
  ): Promise<string> {
    const stream = await this.callbacks.verify(token, form.CallSid);
    const hasCallerLeft = isFinalStatus(form.CallStatus);
    try {
      return await this.carrier.render(
        await this.transfers.onTransferEnded(stream, dialReportOf(form), hasCallerLeft),
      );
    } catch (error) {
      this.logger.error(
        { err: error, callId: stream.callId },
        'ended transfer not followed up: call state does not answer',
      );
      return this.carrier.render(sayAndHangUp('apology', APOLOGY));
    }
  }

  /** Hangs up on the person after a fault and the caller returns; Twilio's own error would reach both. */
  private async renderOrHangUp(
    { callId }: StreamRef,
    decide: () => Promise<CarrierInstruction>,
  ): Promise<string> {
    try {
      return await this.carrier.render(await decide());
    } catch (error) {
      this.logger.error({ err: error, callId }, 'operator not asked: call state does not answer');
      return this.carrier.render(HANG_UP);
    }
  }
}
