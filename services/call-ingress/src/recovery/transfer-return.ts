import { Injectable, Logger } from '@nestjs/common';
import { CallHandovers, CallStore, type CallState, type PendingTransfer } from '@tandem/call-state';
import { HANG_UP, keptReply, type CarrierInstruction } from '../ports/carrier-instruction.ts';
import type { StreamRef } from '../ports/stream-ref.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';
import { transferOutcome, type DialReport, type TransferOutcome } from '../transfer/transfer-outcome.ts';
import { CallEndings, sinceAdmission } from './call-endings.ts';
import { CallRecovery } from './call-recovery.ts';

/** Decides what follows a transfer: the call is over, or the caller returns to the agent. */
@Injectable()
export class TransferReturn {
  private readonly logger = new Logger(TransferReturn.name);

  constructor(
    private readonly calls: CallStore,
    private readonly handovers: CallHandovers,
    private readonly recovery: CallRecovery,
    private readonly endings: CallEndings,
    private readonly metrics: IngressMetrics,
  ) {}

  /** Returns what follows the dialling; the same for every repeat. @throws when Redis cannot be reached */
  async onTransferEnded(
    stream: StreamRef,
    report: DialReport,
    hasCallerLeft: boolean,
  ): Promise<CarrierInstruction> {
    const { callId, epoch } = stream;
    const earlier = await this.handovers.earlierReply(callId, epoch, 'transfer-ended');
    if (earlier !== null) return keptReply(earlier);
    const [state, pending] = await Promise.all([
      this.calls.state(callId),
      this.handovers.pendingTransfer(callId),
    ]);
    if (!state || state.phase === 'ended') return HANG_UP;
    const outcome = pending && transferOutcome(pending, state.isAccepted, report);
    if (outcome) await this.recordOutcome(stream, state, pending, outcome);
    if (outcome !== 'bridged' && !hasCallerLeft)
      return this.recovery.reassign(stream, 'transfer-ended', 'transfer-returned');
    await this.endings.end(stream, state, outcome === 'bridged' ? 'transferred' : 'caller-hangup', 'ended');
    return HANG_UP;
  }

  private async recordOutcome(
    { callId, epoch }: StreamRef,
    state: CallState,
    { department, mode }: PendingTransfer,
    outcome: TransferOutcome,
  ): Promise<void> {
    const stored = await this.calls.appendExternalEvent(callId, `transfer-ended-${epoch}`, {
      type: 'transfer.ended',
      data: { department, outcome, atMs: sinceAdmission(state) },
    });
    if (stored !== 'stored') return;
    this.metrics.transfers.inc({ mode, outcome });
    this.logger.log({ callId, department, mode, outcome }, 'transfer ended');
  }
}
