import { Body, Controller, Header, HttpCode, Inject, Post, Query, UseGuards } from '@nestjs/common';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { TimedAdmission, type AnswerLimits } from '../../../admission/timed-admission.service.ts';
import { holdProgressQuery } from '../../../callbacks/hold-progress.ts';
import type { HoldProgress } from '../../../ports/carrier-instruction.ts';
import { TwilioCarrier } from '../adapter/twilio-carrier.ts';
import { TwilioSignatureGuard } from '../adapter/twilio-signature.guard.ts';
import { ringingCall } from './ringing-call.ts';
import { voiceForm, type VoiceForm } from './twilio-forms.ts';

/** Together within Twilio's limit for one try (`ASK_AGAIN`). */
const LIMITS: AnswerLimits = { admissionMs: 2_600, degradedMs: 1_500 };

/** The voice webhook: a number rings, or a waiting call asks again. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class VoiceWebhookController {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'call-ingress'>, 'phoneCountry'>,
    private readonly admission: TimedAdmission,
    private readonly carrier: TwilioCarrier,
  ) {}

  @Post('voice')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async voice(
    @Body({ schema: voiceForm }) form: VoiceForm,
    @Query({ schema: holdProgressQuery }) progress: HoldProgress,
  ): Promise<string> {
    const call = ringingCall(form, this.config.phoneCountry);
    return this.carrier.render(await this.admission.admitInTime(call, progress, LIMITS));
  }
}
