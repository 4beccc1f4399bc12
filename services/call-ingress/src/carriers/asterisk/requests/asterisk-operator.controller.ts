import { Body, Controller, HttpCode, Logger, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { Request, Response } from 'express';
import { CallbackTokens } from '../../../callbacks/callback-tokens.ts';
import { HANG_UP, type CarrierInstruction } from '../../../ports/carrier-instruction.ts';
import type { StreamRef } from '../../../ports/stream-ref.ts';
import { OperatorQuestions } from '../../../transfer/operator-questions.ts';
import { AsteriskCarrier } from '../adapter/asterisk-carrier.ts';
import { answerWith } from './answer.ts';
import { AsteriskSecretGuard } from './asterisk-secret.guard.ts';
import { carrierCallIdOf, operatorForm, type OperatorForm } from './asterisk-forms.ts';

/** The questions of a dialplan about a person who is asked to take a call. */
@Controller('asterisk/calls/operator')
@UseGuards(AsteriskSecretGuard)
export class AsteriskOperatorController {
  private readonly logger = new Logger(AsteriskOperatorController.name);

  constructor(
    private readonly tokens: CallbackTokens,
    private readonly questions: OperatorQuestions,
    private readonly carrier: AsteriskCarrier,
  ) {}

  /** The person has picked up, or pressed a key. */
  @Post()
  @HttpCode(200)
  async ask(
    @Body({ schema: operatorForm }) form: OperatorForm,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const stream = await this.tokens.verify(form.token, carrierCallIdOf(form));
    answerWith(request, response, await this.carrier.render(await this.questionOrHangUp(stream, form)));
  }

  /** Hangs up on the person after a fault; the caller then comes back to the agent. */
  private async questionOrHangUp(
    stream: StreamRef,
    { digit, attempt }: OperatorForm,
  ): Promise<CarrierInstruction> {
    try {
      return digit === undefined
        ? await this.questions.ask(stream)
        : await this.questions.handleAnswer(stream, { key: digit }, attempt);
    } catch (error) {
      this.logger.error(
        { err: error, callId: stream.callId },
        'operator not asked: call state does not answer',
      );
      return HANG_UP;
    }
  }
}
