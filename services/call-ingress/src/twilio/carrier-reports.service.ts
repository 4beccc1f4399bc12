import { Inject, Injectable, Logger } from '@nestjs/common';
import { CallStore, CarrierReportStore, type CallState, type CarrierReport } from '@tandem/call-state';
import { isFinalStatus, type CallId, type TerminationReason } from '@tandem/contracts';
import { PostCallQueue } from '@tandem/platform';
import { CallRefusal } from '../admission/call-refusal.service.ts';

/**
 * The relay's own ending usually comes first; the call is written again with the carrier's figures shortly
 * after.
 */
const RECORD_AGAIN_MS = 3_000;

/**
 * What the carrier reports of calls becomes events of the call. In any order, any number of times, also
 * before the call.
 */
@Injectable()
export class CarrierReports {
  private readonly logger = new Logger(CarrierReports.name);

  constructor(
    @Inject(CallStore) private readonly records: CallStore,
    @Inject(CarrierReportStore) private readonly reports: CarrierReportStore,
    @Inject(CallRefusal) private readonly refusals: Pick<CallRefusal, 'handleHangup'>,
    @Inject(PostCallQueue) private readonly postCall: PostCallQueue,
  ) {}

  async ingest(carrierCallId: string, report: CarrierReport): Promise<void> {
    await this.dispatch(await this.reports.callOrKeep(carrierCallId, report), carrierCallId, report);
  }

  /**
   * The carrier has just been answered about the call: what was reported before is made up for. Never throws;
   * the caller waits.
   */
  async applyEarlyReports(carrierCallId: string): Promise<void> {
    try {
      const { callId, reports } = await this.reports.early(carrierCallId);
      for (const report of reports) await this.dispatch(callId, carrierCallId, report);
    } catch (error) {
      this.logger.warn(
        { err: error },
        'early reports of a call could not be looked up: call state does not answer',
      );
    }
  }

  private async dispatch(callId: CallId | null, carrierCallId: string, report: CarrierReport): Promise<void> {
    if (callId) await this.apply(callId, report);
    else if (isFinalStatus(report.status)) await this.refusals.handleHangup(carrierCallId);
  }

  /**
   * Every step is done once however often it is asked for, so a repeat finishes what a lost first try has
   * begun.
   */
  private async apply(callId: CallId, report: CarrierReport): Promise<void> {
    const { status, sequence } = report;
    const stored = await this.records.appendExternalEvent(callId, `status-${sequence}-${status}`, {
      type: 'carrier.reported',
      data: report,
    });
    if (stored === 'unknown' || !isFinalStatus(status)) return;
    const standing = await this.records.state(callId);
    if (!standing) return;
    const reason = unheldEnding(standing);
    if (reason) await this.records.end(callId, standing, reason);
    await this.postCall.enqueue(callId, standing.tenantId, 'carrier-completed', RECORD_AGAIN_MS);
  }
}

/**
 * A caller who hangs up on the way to a relay: nobody but the carrier knows. Null for a call that somebody
 * holds.
 */
function unheldEnding({ phase, epoch, lastOfferedEpoch }: CallState): TerminationReason | null {
  if (phase === 'admitted') return 'never-connected';
  return phase === 'connected' && lastOfferedEpoch > epoch ? 'caller-hangup' : null;
}
