import { Body, Controller, Header, HttpCode, Inject, Logger, Post, Query, UseGuards } from '@nestjs/common';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { CallAdmission } from '../../../admission/call-admission.service.ts';
import { refusalMessage } from '../../../announcements/announcements.ts';
import {
  sayAndHangUp,
  type CarrierInstruction,
  type HoldProgress,
} from '../../../ports/carrier-instruction.ts';
import type { InboundCall } from '../../../ports/inbound-call.ts';
import { CarrierReports } from '../../../recovery/carrier-reports.service.ts';
import { CallRefusal } from '../../../refusal/call-refusal.service.ts';
import { IngressMetrics } from '../../../runtime/ingress-metrics.ts';
import { withTimeout } from '../../../runtime/with-timeout.ts';
import { WaitingRoom } from '../../../waiting/waiting-room.ts';
import { TwilioCarrier } from '../adapter/twilio-carrier.ts';
import { TwilioSignatureGuard } from '../adapter/twilio-signature.guard.ts';
import { ringingCall } from './ringing-call.ts';
import { holdProgressQuery, voiceForm, type VoiceForm } from './twilio-forms.ts';

/** Together within Twilio's limit for one try (`ASK_AGAIN`), with the network and a balancer between. */
const ADMISSION_TIMEOUT_MS = 2_600;
const DEGRADED_TIMEOUT_MS = 1_500;

/** The voice webhook: a number rings, or a waiting call asks again. */
@Controller('twilio')
@UseGuards(TwilioSignatureGuard)
export class VoiceWebhookController {
  private readonly logger = new Logger(VoiceWebhookController.name);

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'call-ingress'>, 'phoneCountry'>,
    private readonly admission: CallAdmission,
    private readonly waiting: WaitingRoom,
    private readonly refusals: CallRefusal,
    private readonly reports: CarrierReports,
    private readonly carrier: TwilioCarrier,
    private readonly metrics: IngressMetrics,
  ) {}

  @Post('voice')
  @HttpCode(200)
  @Header('Content-Type', 'text/xml')
  async voice(
    @Body({ schema: voiceForm }) form: VoiceForm,
    @Query({ schema: holdProgressQuery }) progress: HoldProgress,
  ): Promise<string> {
    const call = ringingCall(form, this.config.phoneCountry);
    return this.carrier.render(await this.admitInTime(call, progress));
  }

  private async admitInTime(call: InboundCall, progress: HoldProgress): Promise<CarrierInstruction> {
    const rejection = new AbortController();
    try {
      return await withTimeout(ADMISSION_TIMEOUT_MS, this.admit(call, progress, rejection.signal));
    } catch (error) {
      // An HTTP error would make Twilio read its own error message to the caller.
      this.logger.error({ err: error }, 'admission failed: call state or database does not answer');
      this.metrics.admissions.inc({ outcome: 'failed' });
      const held = await this.waiting.keepHoldingWithoutLookup(call.carrierCallId, progress);
      if (held !== null) return held;
      rejection.abort();
      return this.answerDegraded(call);
    }
  }

  /** Goes on after the deadline. @param rejection aborted when the caller was rejected meanwhile */
  private async admit(
    call: InboundCall,
    progress: HoldProgress,
    rejection: AbortSignal,
  ): Promise<CarrierInstruction> {
    const instruction = await this.admission.admitCall(call, progress);
    if (rejection.aborted) await this.refusals.markRejected(call.carrierCallId);
    await this.reports.applyEarlyReports(call.carrierCallId);
    return instruction;
  }

  private async answerDegraded(call: InboundCall): Promise<CarrierInstruction> {
    const [degraded] = await Promise.allSettled([
      withTimeout(DEGRADED_TIMEOUT_MS, this.admission.answerDegraded(call)),
      withTimeout(DEGRADED_TIMEOUT_MS, this.refusals.markRejected(call.carrierCallId)),
    ]);
    return degraded.status === 'fulfilled'
      ? degraded.value
      : sayAndHangUp(refusalMessage('agent-unavailable', '', 'en-US'));
  }
}
