import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  CallHandovers,
  CallStore,
  type AdmissionRecord,
  type CallState,
  type CarrierCallback,
} from '@tandem/call-state';
import { textsOf, TICKET_LIFETIME_S, type RelayId, type TerminationReason } from '@tandem/contracts';
import { PostCallQueue } from '@tandem/platform';
import { IngressMetrics } from '../ingress-metrics.ts';
import { lastResortOf } from '../transfer/department-dial.ts';
import type { CallbackClaims } from '../twilio/callback-tokens.ts';
import { carrierFor, CARRIER_ADAPTERS, type CarrierAdapters } from './carrier-adapter.ts';
import { APOLOGY } from './refusals.ts';
import { StreamOffers } from './stream-offer.ts';

/**
 * Why a caller who is still on the line is without a relay: their stream broke or its relay died, the relay
 * fell silent with the stream open, it let go of the call to be gone itself, or a person did not take them.
 */
export type RecoveryCause = 'stream-lost' | 'relay-silent' | 'relay-drained' | 'transfer-returned';

/** Those that a call can only bear so often. */
const IS_LOSS: Readonly<Record<RecoveryCause, boolean>> = {
  'stream-lost': true,
  'relay-silent': true,
  'relay-drained': false,
  'transfer-returned': false,
};

/** A call lost more often than this in a row will be lost again. */
const LOSSES = { most: 3, withinMs: 60_000 };
const RESERVATION_MS = TICKET_LIFETIME_S * 1000;

/** Endings the caller did not bring about and has to be told of. */
const NEEDS_APOLOGY: ReadonlySet<string> = new Set([
  'model-failed',
  'model-unavailable',
  'internal-error',
  'relay-shutdown',
  'media-errors',
  'stream-lost',
  'relay-lost',
]);

/** What comes next for a caller, and how they are told. `repeat`: they have been told before. */
interface NextStep {
  readonly next: 'relay' | 'person' | 'apology' | 'hangup' | 'repeat';
  readonly answer: string;
}

/**
 * The one decision about a caller whose stream is over, or whose relay has fallen silent: the call has ended
 * → hang up; it is to be put through → dial; else another relay goes on with it under the next epoch, and
 * when none can, or it was lost too often, a person or an apology. Whoever notices first asks; the others are
 * given the same answer.
 */
@Injectable()
export class CallRecovery {
  private readonly logger = new Logger(CallRecovery.name);

  constructor(
    @Inject(CallStore) private readonly records: CallStore,
    @Inject(CallHandovers) private readonly moves: CallHandovers,
    @Inject(StreamOffers) private readonly offers: StreamOffers,
    @Inject(CARRIER_ADAPTERS) private readonly doors: CarrierAdapters,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
    @Inject(PostCallQueue) private readonly postCall: PostCallQueue,
  ) {}

  /**
   * What follows the stream of these claims; the same for every repeat. @throws when Redis cannot be reached
   */
  async onStreamEnded(claims: CallbackClaims): Promise<string> {
    return this.record(await this.nextAfterStream(claims));
  }

  /**
   * What puts the caller on a relay again, or tells them that it cannot be. @throws when Redis cannot be
   * reached
   */
  async reassign(claims: CallbackClaims, question: CarrierCallback, cause: RecoveryCause): Promise<string> {
    return this.record(await this.nextRelay(claims, question, cause));
  }

  /**
   * What a caller whose relay is silent is to be pulled over to; null when somebody else has told them what
   * comes next.
   */
  async redirectLiveCall(claims: CallbackClaims): Promise<string | null> {
    const step = await this.nextRelay(claims, 'stream-ended', 'relay-silent');
    return step.next === 'relay' || step.next === 'person' || step.next === 'apology'
      ? this.record(step)
      : null;
  }

  private async nextAfterStream(claims: CallbackClaims): Promise<NextStep> {
    const { callId, epoch } = claims;
    const earlier = await this.moves.earlierReply(callId, epoch, 'stream-ended');
    if (earlier !== null) return { next: 'repeat', answer: earlier };
    const [standing, record] = await Promise.all([this.records.state(callId), this.records.record(callId)]);
    if (!standing || !record || standing.phase === 'ended') return this.ended(standing, record);
    if (standing.phase !== 'transferring')
      return this.nextRelay(claims, 'stream-ended', standing.isMoved ? 'relay-drained' : 'stream-lost');
    const pending = await this.moves.pendingTransfer(callId);
    const dial =
      pending && (await carrierFor(this.doors, record).toPerson(claims, 'stream-ended', record, pending));
    if (dial) return { next: 'person', answer: dial };
    if (pending) {
      this.logger.error(
        { callId, department: pending.department },
        'a call was to be put through to a department its directory does not have',
      );
      await this.records.appendExternalEvent(callId, `transfer-ended-${epoch}`, {
        type: 'transfer.ended',
        data: { department: pending.department, outcome: 'failed', atMs: sinceAdmission(standing) },
      });
    }
    return this.nextRelay(claims, 'stream-ended', 'transfer-returned');
  }

  private async nextRelay(
    claims: CallbackClaims,
    question: CarrierCallback,
    cause: RecoveryCause,
  ): Promise<NextStep> {
    const { callId, epoch } = claims;
    const [standing, record] = await Promise.all([this.records.state(callId), this.records.record(callId)]);
    if (!standing || !record || standing.phase === 'ended') return this.ended(standing, record);
    const door = carrierFor(this.doors, record);
    if (standing.hasCallerLeft) return { next: 'hangup', answer: door.hangUp() };
    const counted = IS_LOSS[cause] ? LOSSES : undefined;
    const nextEpoch = standing.lastOfferedEpoch + 1;
    let why = 'no-relay';
    for (const relay of await this.offers.relays(lastRelay(cause, standing))) {
      const answer = await door.toRelay(record, relay, nextEpoch);
      const offer = await this.moves.offer(
        { callId, epoch, question, answer },
        { relayId: relay.relayId, nextEpoch, reserveMs: RESERVATION_MS },
        counted,
      );
      if (offer.outcome === 'gone' || offer.outcome === 'full') continue; // Since we looked.
      why = offer.outcome;
      if (offer.outcome === 'offered') {
        this.count(cause, 'offered');
        this.logger.log(
          { callId, relayId: relay.relayId, epoch: nextEpoch, cause },
          'call offered to another relay',
        );
        return { next: 'relay', answer };
      }
      if (offer.outcome === 'repeat') return { next: 'repeat', answer: offer.answer };
      if (offer.outcome === 'exhausted') break;
      // It has ended or moved on, or its caller has gone, since we looked: whoever did that has told the
      // carrier.
      return { next: 'hangup', answer: door.hangUp() };
    }
    this.count(cause, why);
    this.logger.warn({ callId, cause, why }, 'no relay can go on with a call');
    return this.lastResort(claims, question, cause, standing, record);
  }

  private async lastResort(
    claims: CallbackClaims,
    question: CarrierCallback,
    cause: RecoveryCause,
    standing: CallState,
    record: AdmissionRecord,
  ): Promise<NextStep> {
    const { callId } = claims;
    const department = cause === 'transfer-returned' ? null : lastResortOf(record.agent, new Date());
    if (department) {
      const pending = {
        department: department.key,
        mode: 'cold',
        summary: '',
        atMs: sinceAdmission(standing),
      } as const;
      const asked = await this.records.appendExternalEvent(callId, 'last-resort', {
        type: 'transfer.asked',
        data: pending,
      });
      const dial =
        asked === 'stored' &&
        (await carrierFor(this.doors, record).toPerson(claims, question, record, pending));
      if (dial) return { next: 'person', answer: dial };
    }
    const reason =
      cause === 'transfer-returned'
        ? 'relay-lost'
        : standing.phase === 'admitted'
          ? 'never-connected'
          : 'stream-lost';
    await this.end(claims, standing, reason, 'reaped');
    return this.apology(record);
  }

  /** The carrier has no such call any more. */
  async callerGone(claims: CallbackClaims): Promise<void> {
    const standing = await this.records.state(claims.callId);
    if (standing) await this.end(claims, standing, 'caller-hangup', 'reaped');
  }

  /** Ends a call that no relay holds, and has it written down. */
  async end(
    { callId, tenantId }: CallbackClaims,
    standing: CallState,
    reason: TerminationReason,
    occasion: 'ended' | 'reaped',
  ): Promise<void> {
    if (await this.records.end(callId, standing, reason)) this.metrics.endedCalls.inc({ reason });
    await this.postCall.enqueue(callId, tenantId, occasion);
  }

  private ended(standing: CallState | null, record: AdmissionRecord | null): NextStep {
    return NEEDS_APOLOGY.has(standing?.endReason ?? '')
      ? this.apology(record)
      : { next: 'hangup', answer: carrierFor(this.doors, record).hangUp() };
  }

  private apology(record: AdmissionRecord | null): NextStep {
    const spoken = record
      ? { text: textsOf(record.agent, record.language).apology, language: record.language }
      : { text: APOLOGY, language: 'en-US' };
    return { next: 'apology', answer: carrierFor(this.doors, record).farewell(spoken) };
  }

  private count(cause: RecoveryCause, outcome: string): void {
    this.metrics.reassignments.inc({ cause, outcome });
  }

  private record({ next, answer }: NextStep): string {
    this.metrics.streamEndings.inc({ next });
    return answer;
  }
}

/** The relay that is not to have the call again at once; null when it did nothing wrong. */
function lastRelay(cause: RecoveryCause, { offeredTo, relayId }: CallState): RelayId | null {
  return cause === 'transfer-returned' ? null : (offeredTo ?? relayId);
}

/** Ms, by the clock the call was admitted with. */
export function sinceAdmission({ admittedAt }: Pick<CallState, 'admittedAt'>): number {
  return Math.max(0, Date.now() - admittedAt);
}
