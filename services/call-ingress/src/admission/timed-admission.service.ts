import { Injectable, Logger } from '@nestjs/common';
import { withTimeout } from '@tandem/platform';
import { refusalMessage } from '../announcements/announcements.ts';
import { sayAndHangUp, type CarrierInstruction, type HoldProgress } from '../ports/carrier-instruction.ts';
import type { InboundCall } from '../ports/inbound-call.ts';
import { CarrierReports } from '../recovery/carrier-reports.service.ts';
import { CallRefusal } from '../refusal/call-refusal.service.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';
import { WaitingRoom } from '../waiting/waiting-room.ts';
import { CallAdmission } from './call-admission.service.ts';

/** Together within the time a carrier waits for an answer, with the network and a balancer between. */
export interface AnswerLimits {
  readonly admissionMs: number;
  /** For the answer without call state, after the admission took too long. */
  readonly degradedMs: number;
}

/** Admits calls while their carrier still waits for the answer, also when Redis or Postgres hang. */
@Injectable()
export class TimedAdmission {
  private readonly logger = new Logger(TimedAdmission.name);

  constructor(
    private readonly admission: CallAdmission,
    private readonly waiting: WaitingRoom,
    private readonly refusals: CallRefusal,
    private readonly reports: CarrierReports,
    private readonly metrics: IngressMetrics,
  ) {}

  /** Returns what the carrier does with the call. Never rejects: the caller would hear an error. */
  async admitInTime(
    call: InboundCall,
    progress: HoldProgress,
    { admissionMs, degradedMs }: AnswerLimits,
  ): Promise<CarrierInstruction> {
    const rejection = new AbortController();
    try {
      return await withTimeout(admissionMs, this.admit(call, progress, rejection.signal));
    } catch (error) {
      this.logger.error({ err: error }, 'admission failed: call state or database does not answer');
      this.metrics.admissions.inc({ outcome: 'failed' });
      const held = await this.waiting.keepHoldingWithoutLookup(call.carrierCallId, progress);
      if (held !== null) return held;
      rejection.abort();
      return this.answerDegraded(call, degradedMs);
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

  private async answerDegraded(call: InboundCall, timeoutMs: number): Promise<CarrierInstruction> {
    const [degraded] = await Promise.allSettled([
      withTimeout(timeoutMs, this.admission.answerDegraded(call)),
      withTimeout(timeoutMs, this.refusals.markRejected(call.carrierCallId)),
    ]);
    return degraded.status === 'fulfilled'
      ? degraded.value
      : sayAndHangUp('agent-unavailable', refusalMessage('agent-unavailable', '', 'en-US'));
  }
}
