import { Body, Controller, Header, HttpCode, Inject, Logger, Post, Query, UseGuards } from '@nestjs/common';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { farewellTwiml } from '@tandem/telephony';
import { CallAdmission } from '../admission/call-admission.service.ts';
import { CallRefusal } from '../admission/call-refusal.service.ts';
import type { InboundCall } from '../admission/inbound-call.ts';
import { refusalMessage } from '../admission/refusals.ts';
import { holdProgressSchema, WaitingRoom, type HoldProgress } from '../admission/waiting-room.ts';
import { IngressMetrics } from '../ingress-metrics.ts';
import { withTimeout } from '../with-timeout.ts';
import { CarrierReports } from './carrier-reports.service.ts';
import { ringingCall } from './ringing-call.ts';
import { TwilioSignatureGuard } from './twilio-signature.guard.ts';
import { voiceForm, type VoiceForm } from './twilio-forms.ts';

/**
 * Together within what the carrier waits for one try ({@link ASK_AGAIN}), with the way to it and a balancer
 * between.
 */
const ADMISSION_MS = 2_600;
const WITHOUT_STATE_MS = 1_500;

/** "This number rings": answered with TwiML. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class VoiceWebhookController {
  private readonly logger = new Logger(VoiceWebhookController.name);

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'call-ingress'>, 'phoneCountry'>,
    @Inject(CallAdmission) private readonly admission: CallAdmission,
    @Inject(WaitingRoom) private readonly waiting: WaitingRoom,
    @Inject(CallRefusal) private readonly refusals: CallRefusal,
    @Inject(CarrierReports) private readonly reports: CarrierReports,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  @Post('voice')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async voice(
    @Body({ schema: voiceForm }) form: VoiceForm,
    @Query({ schema: holdProgressSchema }) heard: HoldProgress,
  ): Promise<string> {
    const call = ringingCall(form, this.config.phoneCountry);
    const fate = { isTurnedAway: false };
    try {
      return await withTimeout(ADMISSION_MS, this.admit(call, heard, fate));
    } catch (error) {
      // An HTTP error would make the carrier read its own error message to the caller.
      this.logger.error({ err: error }, 'a call could not be admitted: call state or database do not answer');
      this.metrics.admissions.inc({ outcome: 'failed' });
      const held = await this.waiting.keepHoldingWithoutLookup(call.carrierCallId, heard);
      if (held !== null) return held;
      fate.isTurnedAway = true;
      return this.answerDegraded(call);
    }
  }

  /** Goes on when nobody waits for it any more: what comes of it too late is made good. */
  private async admit(
    call: InboundCall,
    heard: HoldProgress,
    fate: { readonly isTurnedAway: boolean },
  ): Promise<string> {
    const answer = await this.admission.admitCall(call, heard);
    if (fate.isTurnedAway) await this.refusals.markRejected(call.carrierCallId);
    await this.reports.applyEarlyReports(call.carrierCallId);
    return answer;
  }

  private async answerDegraded(call: InboundCall): Promise<string> {
    const [answer] = await Promise.allSettled([
      withTimeout(WITHOUT_STATE_MS, this.admission.answerDegraded(call)),
      withTimeout(WITHOUT_STATE_MS, this.refusals.markRejected(call.carrierCallId)),
    ]);
    return answer.status === 'fulfilled'
      ? answer.value
      : farewellTwiml(refusalMessage('agent-unavailable', '', 'en-US'));
  }
}
