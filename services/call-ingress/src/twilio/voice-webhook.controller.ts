import { Body, Controller, Header, HttpCode, Inject, Logger, Post, Query, UseGuards } from '@nestjs/common';
import { farewellTwiml } from '@tandem/telephony';
import { CallAdmission } from '../admission/call-admission.service.ts';
import { CallRefusal } from '../admission/call-refusal.service.ts';
import { refusalSpoken } from '../admission/refusals.ts';
import { heardSchema, WaitingRoom, type Heard } from '../admission/waiting-room.ts';
import { IngressMetrics } from '../ingress-metrics.ts';
import { within } from '../within.ts';
import { CarrierReports } from './carrier-reports.service.ts';
import { TwilioSignatureGuard } from './twilio-signature.guard.ts';
import { voiceForm, type VoiceForm } from './twilio-forms.ts';

/** Together within what the carrier waits for one try ({@link ASK_AGAIN}). */
const ADMISSION_MS = 3_000;
const WITHOUT_STATE_MS = 1_500;

/** "This number rings": answered with TwiML. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class VoiceWebhookController {
  private readonly logger = new Logger(VoiceWebhookController.name);

  constructor(
    @Inject(CallAdmission) private readonly admission: CallAdmission,
    @Inject(WaitingRoom) private readonly waiting: WaitingRoom,
    @Inject(CallRefusal) private readonly refusals: CallRefusal,
    @Inject(CarrierReports) private readonly reports: CarrierReports,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  @Post('voice')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async voice(@Body({ schema: voiceForm }) form: VoiceForm, @Query({ schema: heardSchema }) heard: Heard): Promise<string> {
    const fate = { isTurnedAway: false };
    try {
      return await within(ADMISSION_MS, this.admit(form, heard, fate));
    } catch (error) {
      // An HTTP error would make the carrier read its own error message to the caller.
      this.logger.error({ err: error }, 'a call could not be admitted: call state or database do not answer');
      this.metrics.admissions.inc({ outcome: 'failed' });
      const held = await this.waiting.holdBlindly(form.CallSid, heard);
      if (held !== null) return held;
      fate.isTurnedAway = true;
      return this.withoutState(form);
    }
  }

  /** Goes on when nobody waits for it any more: what comes of it too late is made good. */
  private async admit(form: VoiceForm, heard: Heard, fate: { readonly isTurnedAway: boolean }): Promise<string> {
    const answer = await this.admission.answer(form, heard);
    if (fate.isTurnedAway) await this.refusals.turnedAway(form.CallSid);
    await this.reports.catchUp(form.CallSid);
    return answer;
  }

  private async withoutState(form: VoiceForm): Promise<string> {
    const [answer] = await Promise.allSettled([within(WITHOUT_STATE_MS, this.admission.answerWithoutState(form)), within(WITHOUT_STATE_MS, this.refusals.turnedAway(form.CallSid))]);
    return answer.status === 'fulfilled' ? answer.value : farewellTwiml(refusalSpoken('agent-unavailable', '', 'en-US'));
  }
}
