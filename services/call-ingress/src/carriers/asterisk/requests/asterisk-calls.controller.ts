import { Body, Controller, HttpCode, Inject, Logger, Post, Req, Res, UseGuards } from '@nestjs/common';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import type { Request, Response } from 'express';
import { TimedAdmission, type AnswerLimits } from '../../../admission/timed-admission.service.ts';
import { APOLOGY } from '../../../announcements/announcements.ts';
import { CallbackTokens } from '../../../callbacks/callback-tokens.ts';
import { HANG_UP, sayAndHangUp, type CarrierInstruction } from '../../../ports/carrier-instruction.ts';
import type { StreamRef } from '../../../ports/stream-ref.ts';
import { CallRecovery } from '../../../recovery/call-recovery.ts';
import { CarrierReports } from '../../../recovery/carrier-reports.service.ts';
import { TransferReturn } from '../../../recovery/transfer-return.ts';
import { WaitingRoom } from '../../../waiting/waiting-room.ts';
import { AsteriskCarrier } from '../adapter/asterisk-carrier.ts';
import { answerWith } from './answer.ts';
import { AsteriskSecretGuard } from './asterisk-secret.guard.ts';
import {
  carrierCallIdOf,
  dialReportOf,
  hangupForm,
  keyForm,
  nextForm,
  ringForm,
  ringingCall,
  type HangupForm,
  type KeyForm,
  type NextForm,
  type RingForm,
} from './asterisk-forms.ts';

/** Together within the five seconds the dialplan of docs/asterisk.md waits for an answer. */
const LIMITS: AnswerLimits = { admissionMs: 2_600, degradedMs: 1_500 };
/** A channel has one end. */
const HANGUP_SEQUENCE = 1_000;

/** The questions of a dialplan about a caller's channel. */
@Controller('asterisk/calls')
@UseGuards(AsteriskSecretGuard)
export class AsteriskCallsController {
  private readonly logger = new Logger(AsteriskCallsController.name);

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'call-ingress'>, 'phoneCountry'>,
    private readonly admission: TimedAdmission,
    private readonly recovery: CallRecovery,
    private readonly transfers: TransferReturn,
    private readonly waiting: WaitingRoom,
    private readonly reports: CarrierReports,
    private readonly tokens: CallbackTokens,
    private readonly carrier: AsteriskCarrier,
  ) {}

  /** A call rings, or a waiting call asks again. */
  @Post()
  @HttpCode(200)
  async ring(
    @Body({ schema: ringForm }) form: RingForm,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const call = ringingCall(form, this.config.phoneCountry);
    const instruction = await this.admission.admitInTime(call, form.progress, LIMITS);
    answerWith(request, response, await this.carrier.render(instruction));
  }

  /** The caller's leg to a relay or to a person is over, with the caller still there. */
  @Post('next')
  @HttpCode(200)
  async next(
    @Body({ schema: nextForm }) form: NextForm,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const stream = await this.tokens.verify(form.token, carrierCallIdOf(form));
    const instruction = await this.nextOrApology(stream, form);
    answerWith(request, response, await this.carrier.render(instruction));
  }

  /** A waiting caller has pressed a key. One pressed by chance, with nothing offered, means nothing. */
  @Post('key')
  @HttpCode(200)
  async key(
    @Body({ schema: keyForm }) form: KeyForm,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const stream = await this.tokens.verify(form.token, carrierCallIdOf(form));
    const instruction = await this.waiting.handleKey(stream, form.offered === '1' ? form.digit : undefined);
    answerWith(request, response, await this.carrier.render(instruction));
  }

  /** The caller has hung up. A dialplan sees no status, so it repeats the report until it gets a word. */
  @Post('hangup')
  @HttpCode(200)
  async hangup(
    @Body({ schema: hangupForm }) form: HangupForm,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const report = { status: 'completed', sequence: HANGUP_SEQUENCE } as const;
    await this.reports.ingest(carrierCallIdOf(form), report, form.pbx);
    answerWith(request, response, await this.carrier.render(HANG_UP));
  }

  private async nextOrApology(stream: StreamRef, form: NextForm): Promise<CarrierInstruction> {
    try {
      return form.after === 'dial'
        ? await this.transfers.onTransferEnded(stream, dialReportOf(form), false)
        : await this.recovery.onStreamEnded(stream);
    } catch (error) {
      this.logger.error(
        { err: error, callId: stream.callId },
        'ended leg not followed up: call state does not answer',
      );
      return sayAndHangUp('apology', APOLOGY);
    }
  }
}
