import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  CallStore,
  CarrierReportStore,
  SealBroken,
  type CallState,
  type CarrierReport,
} from '@tandem/call-state';
import { isFinalStatus, type CallId, type TerminationReason } from '@tandem/contracts';
import { PostCallQueue } from '@tandem/platform';
import { CallRefusal } from '../refusal/call-refusal.service.ts';

/** The relay's ending usually comes first; the call is stored again with the carrier's figures after this. */
const RECORD_AGAIN_MS = 3_000;

/** Turns the carrier's reports into events of the call: in any order, repeated, also before the admission. */
@Injectable()
export class CarrierReports {
  private readonly logger = new Logger(CarrierReports.name);

  constructor(
    private readonly calls: CallStore,
    private readonly reports: CarrierReportStore,
    @Inject(CallRefusal) private readonly refusals: Pick<CallRefusal, 'handleHangup'>,
    private readonly postCall: PostCallQueue,
  ) {}

  /**
   * Applies a report. @param accountId the carrier's account the report comes from; a call that came in over
   * another account is left alone
   */
  async ingest(
    carrierCallId: string,
    report: CarrierReport,
    accountId: string,
  ): Promise<'applied' | 'other-account'> {
    const callId = await this.reports.callOrKeep(carrierCallId, report);
    const expected = callId && (await this.accountOf(callId));
    if (expected && expected !== accountId) return 'other-account';
    await this.dispatch(callId, carrierCallId, report);
    return 'applied';
  }

  /** Applies reports that came before the carrier's question was answered. Never throws; a caller waits. */
  async applyEarlyReports(carrierCallId: string): Promise<void> {
    try {
      const { callId, reports } = await this.reports.early(carrierCallId);
      for (const report of reports) await this.dispatch(callId, carrierCallId, report);
    } catch (error) {
      this.logger.warn({ err: error }, 'early carrier reports not applied: call state does not answer');
    }
  }

  /** Returns the account a call came in over; undefined where its record lacks it or cannot be opened. */
  private async accountOf(callId: CallId): Promise<string | undefined> {
    try {
      return (await this.calls.record(callId))?.carrierAccountId;
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      this.logger.warn({ err: error, callId }, 'call record unreadable; carrier report applied unchecked');
      return undefined;
    }
  }

  private async dispatch(callId: CallId | null, carrierCallId: string, report: CarrierReport): Promise<void> {
    if (callId) await this.apply(callId, report);
    else if (isFinalStatus(report.status)) await this.refusals.handleHangup(carrierCallId);
  }

  /** Each step takes effect once, so a repeat completes what a failed first attempt began. */
  private async apply(callId: CallId, report: CarrierReport): Promise<void> {
    const { status, sequence } = report;
    const stored = await this.calls.appendExternalEvent(callId, `status-${sequence}-${status}`, {
      type: 'carrier.reported',
      data: report,
    });
    if (stored === 'unknown' || !isFinalStatus(status)) return;
    const state = await this.calls.state(callId);
    if (!state) return;
    const reason = endingWithoutRelay(state);
    if (reason) await this.calls.end(callId, state, reason);
    await this.postCall.enqueue(callId, state.tenantId, 'carrier-completed', RECORD_AGAIN_MS);
  }
}

/** The ending of a call that broke off on its way to a relay: only the carrier knows. Else null. */
function endingWithoutRelay({
  phase,
  epoch,
  lastOfferedEpoch,
  streamEnd,
}: CallState): TerminationReason | null {
  if (phase === 'admitted') return 'never-connected';
  const isWithoutStream = lastOfferedEpoch > epoch || streamEnd !== null;
  return phase === 'connected' && isWithoutStream ? 'caller-hangup' : null;
}
