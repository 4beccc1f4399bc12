import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CallStore, WaitingLine, type Place, type Waiting, type WaitingCall } from '@tandem/call-state';
import { isSpeakable, type CallId, type RefusalReason } from '@tandem/contracts';
import { CallRepository, type DialledNumber } from '@tandem/database';
import { farewellTwiml, speakable, type Spoken } from '@tandem/telephony';
import { IngressMetrics } from '../ingress-metrics.ts';
import { withTimeout } from '../with-timeout.ts';
import type { InboundCall } from './inbound-call.ts';
import { refusalMessage, type SpokenReason } from './refusals.ts';

/** Connections to the database are for callers who can be taken. */
const MOST_WRITING = 2;
/** Well before the carrier gives up on us. */
const WRITE_MS = 2_500;

/** What is known of a call by the time it is turned away. */
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
 * Turns calls away in words, and writes down those that never come to a relay. One that waited is written
 * under the id it waits with, so that whoever notices first does it, and the others change nothing.
 */
@Injectable()
export class CallRefusal {
  private readonly logger = new Logger(CallRefusal.name);
  private writing = 0;

  constructor(
    @Inject(CallStore) private readonly records: CallStore,
    @Inject(CallRepository) private readonly calls: CallRepository,
    @Inject(WaitingLine) private readonly line: WaitingLine,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  /** The TwiML that says why. The same call asked about again gets the first answer. */
  async refuse(
    { channel, carrierCallId, from, to, attestation }: InboundCall,
    reason: SpokenReason,
    { number, language, callerGroup }: RejectedCaller,
  ): Promise<string> {
    const waiting = await this.line.waiting(carrierCallId);
    if (waiting) await this.line.setOutcome(carrierCallId, reason);
    const answer = await this.records.keepReply(
      carrierCallId,
      farewellTwiml(spokenTo(reason, number, language)),
    );
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
    await this.writeDown(call, reason, waiting);
    if (waiting) await this.line.settle(waiting.call);
    return answer;
  }

  /**
   * The TwiML that promises a call to whoever waits; null when they never waited, or something else has come
   * of it. The wish stands from here on, whoever writes it down. @throws when it could not be written down
   * yet
   */
  async requestCallback(carrierCallId: string): Promise<string | null> {
    const waiting = await this.line.waiting(carrierCallId);
    if (!waiting) return null;
    const { call } = waiting;
    await this.line.setOutcome(carrierCallId, 'callback-requested');
    // From here on it is not admitted any more; it may have been.
    if (
      (await this.records.findByCarrierId(carrierCallId)) !== null ||
      (await this.writeDown(call, 'callback-requested', waiting)) !== 'callback-requested'
    )
      return null;
    const answer = await this.records.keepReply(
      carrierCallId,
      farewellTwiml(refusalMessage('callback-requested', call.companyName, call.language)),
    );
    await this.line.settle(call);
    return answer;
  }

  /** A caller in line has been told that we cannot take them, and nobody could write it down. */
  async markRejected(carrierCallId: string): Promise<void> {
    const waiting = await this.line.waiting(carrierCallId);
    if (!waiting) return;
    await this.line.setOutcome(carrierCallId, waiting.becomes ?? 'agent-unavailable');
    await this.line.leave(waiting.call);
  }

  /**
   * The carrier has no such call any more; had it waited, and nothing come of it, it has given up. They leave
   * the line at once. When many are being written down already, or it takes long, the sweep does it later:
   * callers who can be taken come first.
   */
  async handleHangup(carrierCallId: string): Promise<void> {
    const waiting = await this.line.waiting(carrierCallId);
    if (!waiting) return;
    await this.line.leave(waiting.call);
    if (this.writing >= MOST_WRITING) return;
    try {
      await withTimeout(WRITE_MS, this.finish(waiting, new Date()));
    } catch (error) {
      this.logger.warn(
        { err: error, callId: waiting.call.callId },
        'a caller who hung up in line could not be written down yet, and will be: the database does not ' +
          'answer',
      );
    }
  }

  /**
   * The carrier asks no more about a call that waited. @throws when what became of it could not be written
   * down
   */
  async expire(place: Place, askedAt: Date): Promise<void> {
    await this.line.leave(place);
    const waiting =
      (await this.records.findByCarrierId(place.carrierCallId)) === null
        ? await this.line.waiting(place.carrierCallId)
        : null;
    if (waiting) await this.finish(waiting, askedAt);
    await this.line.settle(place);
  }

  private async finish(waiting: Waiting, goneAt: Date): Promise<void> {
    this.writing += 1;
    try {
      await this.writeDown(waiting.call, waiting.becomes ?? 'abandoned', {
        ...waiting,
        becameAt: waiting.becameAt ?? goneAt,
      });
      await this.line.settle(waiting.call);
    } finally {
      this.writing -= 1;
    }
  }

  /** Answers the reason that stands; null for a call that was admitted. */
  private async writeDown(
    { callId, tenantId, channel, from, to, carrierCallId, attestation, language, callerGroup }: NeverAdmitted,
    reason: RefusalReason,
    waiting?: Pick<Waiting, 'since' | 'becameAt'> | null,
  ): Promise<RefusalReason | null> {
    const refusedAt = waiting?.becameAt ?? new Date();
    const standing = await this.calls.recordRefusal({
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
    if (standing.isNew) {
      this.metrics.admissions.inc({ outcome: reason });
      this.logger.log({ callId, tenantId, reason }, 'call never admitted');
    }
    return standing.reason;
  }
}

/** A number has its own words for those it does not let in. */
function spokenTo(reason: SpokenReason, number: DialledNumber | null, language: string): Spoken {
  const isAccess = reason === 'caller-blocked' || reason === 'caller-not-allowed';
  const own = speakable(isAccess ? (number?.access.refusalText ?? '') : '');
  return isSpeakable(own) ? { text: own, language } : refusalMessage(reason, companyOf(number), language);
}

/**
 * The name callers know: the one the owner of the agent set, where an agent answers; empty for a number that
 * is nobody's.
 */
export function companyOf(number: DialledNumber | null): string {
  return number?.agent?.companyName ?? number?.tenant.companyName ?? '';
}
