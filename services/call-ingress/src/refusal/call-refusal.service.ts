import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CallStore, WaitingLine, type Place, type WaitingState, type WaitingCall } from '@tandem/call-state';
import { isSpeakable, type CallId, type RefusalReason } from '@tandem/contracts';
import { CallRepository, type DialledNumber } from '@tandem/database';
import { withTimeout } from '@tandem/platform';
import { refusalMessage, type SpokenReason } from '../announcements/announcements.ts';
import { carrierFor, CARRIER_ADAPTERS, type CarrierAdapters } from '../ports/carrier-adapter.ts';
import {
  keptReply,
  sayAndHangUp,
  type CarrierInstruction,
  type Spoken,
} from '../ports/carrier-instruction.ts';
import type { InboundCall } from '../ports/inbound-call.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';

/** Hangups written at a time. Database connections are for callers who can be admitted. */
const MAX_CONCURRENT_WRITES = 2;
/** Well before the carrier gives up on its request. */
const WRITE_TIMEOUT_MS = 2_500;

/** The facts known of a call when it is refused. */
export interface RejectedCaller {
  readonly number: DialledNumber | null;
  /** BCP 47. */
  readonly language: string;
  readonly callerGroup: string | null;
}

type NeverAdmitted = Omit<WaitingCall, 'tenantId' | 'agentId' | 'companyName'> & {
  readonly tenantId: WaitingCall['tenantId'] | null;
};

/**
 * Refuses calls with a spoken reason, and stores every call that never reaches a relay. A call that waited is
 * stored under its id in the line, so that only the first of several replicas writes it.
 */
@Injectable()
export class CallRefusal {
  private readonly logger = new Logger(CallRefusal.name);
  private writes = 0;

  constructor(
    private readonly calls: CallStore,
    private readonly repository: CallRepository,
    private readonly line: WaitingLine,
    @Inject(CARRIER_ADAPTERS) private readonly carriers: CarrierAdapters,
    private readonly metrics: IngressMetrics,
  ) {}

  /** Returns the message that says why. A repeated question about the call gets the first answer. */
  async refuse(
    inbound: InboundCall,
    reason: SpokenReason,
    { number, language, callerGroup }: RejectedCaller,
  ): Promise<CarrierInstruction> {
    const { channel, carrierCallId, from, to, attestation } = inbound;
    const waiting = await this.line.waiting(carrierCallId);
    if (waiting) await this.line.setOutcome(carrierCallId, reason);
    const instruction = await this.keepReply(inbound, reason, messageFor(reason, number, language));
    const call = waiting?.call ?? {
      callId: randomUUID() as CallId,
      tenantId: number?.tenant.id ?? null,
      channel,
      from,
      to,
      carrierCallId,
      attestation,
      language,
      callerGroup,
    };
    if (waiting) await this.line.leave(waiting.call);
    await this.storeRefusal(call, reason, waiting);
    if (waiting) await this.line.close(waiting.call);
    return instruction;
  }

  /**
   * Returns the message that promises a waiting caller a call back; null when the caller never waited, or the
   * call has another outcome. The request holds from here on, whichever replica stores it.
   * @throws when it could not be stored yet
   */
  async requestCallback(carrierCallId: string): Promise<CarrierInstruction | null> {
    const waiting = await this.line.waiting(carrierCallId);
    if (!waiting) return null;
    const { call } = waiting;
    await this.line.setOutcome(carrierCallId, 'callback-requested');
    // No replica admits the call after this; one may have admitted it before.
    if (
      (await this.calls.findByCarrierId(carrierCallId)) !== null ||
      (await this.storeRefusal(call, 'callback-requested', waiting)) !== 'callback-requested'
    )
      return null;
    const instruction = await this.keepReply(
      call,
      'callback-requested',
      refusalMessage('callback-requested', call.companyName, call.language),
    );
    await this.line.close(call);
    return instruction;
  }

  /** Sets the outcome of a waiting caller who heard that we cannot take them; the sweep stores it later. */
  async markRejected(carrierCallId: string): Promise<void> {
    const waiting = await this.line.waiting(carrierCallId);
    if (!waiting) return;
    await this.line.setOutcome(carrierCallId, waiting.outcome ?? 'agent-unavailable');
    await this.line.leave(waiting.call);
  }

  /**
   * Takes a caller who hung up out of the line at once, and stores the call as abandoned unless it has
   * another outcome. The sweep stores it later when too many are being stored, or the database is slow.
   */
  async handleHangup(carrierCallId: string): Promise<void> {
    const waiting = await this.line.waiting(carrierCallId);
    if (!waiting) return;
    await this.line.leave(waiting.call);
    if (this.writes >= MAX_CONCURRENT_WRITES) return;
    try {
      await withTimeout(WRITE_TIMEOUT_MS, this.storeOutcome(waiting, new Date()));
    } catch (error) {
      this.logger.warn(
        { err: error, callId: waiting.call.callId },
        'hangup in line not stored: database does not answer; the sweep retries',
      );
    }
  }

  /** Stores a waiting call its carrier no longer asks about. @throws when it could not be stored */
  async expire(place: Place, askedAt: Date): Promise<void> {
    await this.line.leave(place);
    const waiting =
      (await this.calls.findByCarrierId(place.carrierCallId)) === null
        ? await this.line.waiting(place.carrierCallId)
        : null;
    if (waiting) await this.storeOutcome(waiting, askedAt);
    await this.line.close(place);
  }

  private async keepReply(
    call: Pick<InboundCall, 'channel' | 'carrierCallId'>,
    reason: SpokenReason,
    spoken: Spoken,
  ): Promise<CarrierInstruction> {
    const reply = await carrierFor(this.carriers, call).render(sayAndHangUp(reason, spoken));
    return keptReply(await this.calls.keepReply(call.carrierCallId, reply));
  }

  private async storeOutcome(waiting: WaitingState, goneAt: Date): Promise<void> {
    this.writes += 1;
    try {
      await this.storeRefusal(waiting.call, waiting.outcome ?? 'abandoned', {
        ...waiting,
        outcomeAt: waiting.outcomeAt ?? goneAt,
      });
      await this.line.close(waiting.call);
    } finally {
      this.writes -= 1;
    }
  }

  /** Returns the reason that is stored; null for a call that was admitted. */
  private async storeRefusal(
    { callId, tenantId, channel, from, to, carrierCallId, attestation, language, callerGroup }: NeverAdmitted,
    reason: RefusalReason,
    waiting?: Pick<WaitingState, 'since' | 'outcomeAt'> | null,
  ): Promise<RefusalReason | null> {
    const refusedAt = waiting?.outcomeAt ?? new Date();
    const stored = await this.repository.recordRefusal({
      callId,
      tenantId,
      direction: 'inbound',
      channel,
      from,
      to,
      carrierCallId,
      attestation,
      rangAt: waiting?.since ?? refusedAt,
      refusedAt,
      reason,
      language,
      callerGroup,
    });
    if (stored.isNew) {
      this.metrics.admissions.inc({ outcome: reason });
      this.logger.log({ callId, tenantId, reason }, 'call not admitted');
    }
    return stored.reason;
  }
}

/** A number may have its own text for callers it does not admit. */
function messageFor(reason: SpokenReason, number: DialledNumber | null, language: string): Spoken {
  const isAccess = reason === 'caller-blocked' || reason === 'caller-not-allowed';
  const own = isAccess ? (number?.access.refusalText ?? '') : '';
  return isSpeakable(own) ? { text: own, language } : refusalMessage(reason, companyOf(number), language);
}

/** The company name callers hear: the agent's, else the tenant's; empty for a number without an owner. */
export function companyOf(number: DialledNumber | null): string {
  return number?.agent?.companyName ?? number?.tenant.companyName ?? '';
}
