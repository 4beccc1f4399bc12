import { Inject, Injectable, Logger } from '@nestjs/common';
import { CallHandovers, CallStore } from '@tandem/call-state';
import { isFinalStatus, type CallStatus } from '@tandem/contracts';
import { askPersonTwiml, connectPersonTwiml, hangupTwiml } from '@tandem/telephony';
import { CallRecovery, sinceAdmission } from '../admission/call-recovery.ts';
import { IngressMetrics } from '../ingress-metrics.ts';
import { CallbackTokens, type CallbackClaims } from '../twilio/callback-tokens.ts';
import { operatorHints, operatorVerdict, whisperText } from './operator-texts.ts';
import { transferOutcome, type DialReport } from './transfer-outcome.ts';

/** An answer nobody understood is asked for once more. */
const MOST_ASKS = 2;

/**
 * What the carrier asks while it puts a caller through: what the person hears, what their answer means, what
 * follows.
 */
@Injectable()
export class Transfers {
  private readonly logger = new Logger(Transfers.name);

  constructor(
    @Inject(CallStore) private readonly records: CallStore,
    @Inject(CallHandovers) private readonly moves: CallHandovers,
    @Inject(CallRecovery) private readonly reAttachment: CallRecovery,
    @Inject(CallbackTokens) private readonly callbacks: CallbackTokens,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  /** TwiML for the person alone, before the caller hears them. */
  async whisper(claims: CallbackClaims, asks = 1): Promise<string> {
    const { callId } = claims;
    const [pending, record] = await Promise.all([
      this.moves.pendingTransfer(callId),
      this.records.record(callId),
    ]);
    if (!pending || !record) return hangupTwiml(); // The caller has gone.
    const { language } = record.agent;
    return askPersonTwiml({
      spoken: { text: whisperText(record, pending.summary), language },
      hints: operatorHints(language),
      actionUrl: await this.callbacks.url('operator-answer', claims, `&asks=${asks}`),
    });
  }

  /** TwiML after the person's key or words. */
  async answered(
    claims: CallbackClaims,
    answer: { readonly Digits?: string | undefined; readonly SpeechResult?: string | undefined },
    asks: number,
  ): Promise<string> {
    const record = await this.records.record(claims.callId);
    const verdict = operatorVerdict(answer, record?.agent.language ?? 'en');
    this.metrics.operatorAnswers.inc({ by: answer.Digits ? 'key' : 'speech', verdict });
    if (verdict === 'unclear' && asks < MOST_ASKS) return this.whisper(claims, asks + 1);
    const isTaken = verdict === 'accepted' && (await this.moves.accept(claims.callId, claims.epoch));
    return isTaken ? connectPersonTwiml() : hangupTwiml();
  }

  /**
   * TwiML for the caller when the dialling is over: they have talked to the person, or come back to the
   * agent.
   */
  async ended(
    claims: CallbackClaims,
    report: DialReport & { readonly CallStatus: CallStatus },
  ): Promise<string> {
    const { callId, epoch } = claims;
    const earlier = await this.moves.earlierReply(callId, epoch, 'transfer-ended');
    if (earlier !== null) return earlier;
    const [standing, pending] = await Promise.all([
      this.records.state(callId),
      this.moves.pendingTransfer(callId),
    ]);
    if (!standing || standing.phase === 'ended') return hangupTwiml();
    const outcome = pending && transferOutcome(pending, standing.isAccepted, report);
    if (pending && outcome) {
      const stored = await this.records.appendExternalEvent(callId, `transfer-ended-${epoch}`, {
        type: 'transfer.ended',
        data: { department: pending.department, outcome, atMs: sinceAdmission(standing) },
      });
      if (stored === 'stored') {
        this.metrics.transfers.inc({ mode: pending.mode, outcome });
        this.logger.log(
          { callId, department: pending.department, mode: pending.mode, outcome },
          'transfer over',
        );
      }
    }
    if (outcome !== 'bridged' && !isFinalStatus(report.CallStatus))
      return this.reAttachment.reassign(claims, 'transfer-ended', 'transfer-returned');
    await this.reAttachment.end(
      claims,
      standing,
      outcome === 'bridged' ? 'transferred' : 'caller-hangup',
      'ended',
    );
    return hangupTwiml();
  }
}
