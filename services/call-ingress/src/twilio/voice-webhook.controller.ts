import { Body, Controller, Header, HttpCode, Inject, Logger, Post, Query, UseGuards } from '@nestjs/common';
import { farewellTwiml } from '@tandem/telephony';
import { CallAdmission } from '../admission/call-admission.service.ts';
import { refusalSpoken } from '../admission/refusals.ts';
import { IngressMetrics } from '../ingress-metrics.ts';
import { CarrierReports } from './carrier-reports.service.ts';
import { TwilioSignatureGuard } from './twilio-signature.guard.ts';
import { voiceForm, type VoiceForm } from './twilio-forms.ts';
import { z } from 'zod';

/** In the address of our own `<Redirect>`, which the carrier signs with it. */
const toldSchema = z.coerce.number().int().min(0).max(1_000_000).optional();

/** "This number rings": answered with TwiML. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class VoiceWebhookController {
  private readonly logger = new Logger(VoiceWebhookController.name);

  constructor(
    @Inject(CallAdmission) private readonly admission: CallAdmission,
    @Inject(CarrierReports) private readonly reports: CarrierReports,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  @Post('voice')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async voice(@Body({ schema: voiceForm }) form: VoiceForm, @Query('told', { schema: toldSchema }) told?: number): Promise<string> {
    try {
      const answer = await this.admission.answer(form, told);
      await this.reports.catchUp(form.CallSid);
      return answer;
    } catch (error) {
      // An HTTP error would make the carrier read its own error message to the caller.
      this.logger.error({ err: error }, 'a call could not be admitted: call state or database do not answer');
      this.metrics.admissions.inc({ outcome: 'failed' });
      return this.withoutState(form);
    }
  }

  private async withoutState(form: VoiceForm): Promise<string> {
    try {
      return await this.admission.answerWithoutState(form);
    } catch {
      return farewellTwiml(refusalSpoken('agent-unavailable', '', 'en-US'));
    }
  }
}
