import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  CallHandovers,
  CallStore,
  type AdmissionRecord,
  type CallState,
  type CarrierCallback,
  type RelayStatus,
} from '@tandem/call-state';
import { textsOf, TICKET_LIFETIME_S, type RelayId, type TerminationReason } from '@tandem/contracts';
import { APOLOGY } from '../announcements/announcements.ts';
import { carrierFor, CARRIER_ADAPTERS, type CarrierAdapters } from '../ports/carrier-adapter.ts';
import { HANG_UP, keptReply, sayAndHangUp, type CarrierInstruction } from '../ports/carrier-instruction.ts';
import type { StreamRef } from '../ports/stream-ref.ts';
import { StreamOffers } from '../relays/stream-offer.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';
import { DepartmentDial, lastResortOf } from '../transfer/department-dial.ts';
import { CallEndings, sinceAdmission } from './call-endings.ts';

/**
 * Why a caller on the line has no relay: the stream broke or the relay died; the relay hangs with the stream
 * open; the relay is draining and gave the call up; or a person did not take the call.
 */
export type RecoveryCause = 'stream-lost' | 'relay-silent' | 'relay-drained' | 'transfer-returned';

/** Causes that count towards {@link MAX_LOSSES}. */
const IS_LOSS: Readonly<Record<RecoveryCause, boolean>> = {
  'stream-lost': true,
  'relay-silent': true,
  'relay-drained': false,
  'transfer-returned': false,
};

/** A call lost more often than this in a row will be lost again. */
const MAX_LOSSES = { most: 3, withinMs: 60_000 };
const RESERVATION_MS = TICKET_LIFETIME_S * 1000;

/** Endings the caller did not cause: they hear an apology. */
const NEEDS_APOLOGY: ReadonlySet<string> = new Set([
  'model-failed',
  'model-unavailable',
  'internal-error',
  'relay-shutdown',
  'media-errors',
  'stream-lost',
  'relay-lost',
]);

/** The next step for a caller. `repeat`: the carrier got the same reply before. */
interface NextStep {
  readonly next: 'relay' | 'person' | 'apology' | 'hangup' | 'repeat';
  readonly instruction: CarrierInstruction;
}

/** A caller without a relay, the question that decides what comes next, and why it is asked. */
interface Loss {
  readonly stream: StreamRef;
  readonly question: CarrierCallback;
  readonly cause: RecoveryCause;
  readonly state: CallState;
  readonly record: AdmissionRecord;
}

type OfferOutcome = Awaited<ReturnType<CallHandovers['offer']>>;

const HANGUP_STEP: NextStep = { next: 'hangup', instruction: HANG_UP };

/**
 * Decides what follows a stream that is over, or a relay that hangs: the call has ended → hang up; a transfer
 * is pending → dial; else another relay continues the call under the next epoch, and when none can, or the
 * call was lost too often, a person or an apology. The first question decides; repeats get the same reply.
 */
@Injectable()
export class CallRecovery {
  private readonly logger = new Logger(CallRecovery.name);

  constructor(
    private readonly calls: CallStore,
    private readonly handovers: CallHandovers,
    private readonly offers: StreamOffers,
    private readonly departments: DepartmentDial,
    private readonly endings: CallEndings,
    @Inject(CARRIER_ADAPTERS) private readonly carriers: CarrierAdapters,
    private readonly metrics: IngressMetrics,
  ) {}

  /** Returns what follows the stream; the same for every repeat. @throws when Redis cannot be reached */
  async onStreamEnded(stream: StreamRef): Promise<CarrierInstruction> {
    return this.record(await this.nextAfterStream(stream));
  }

  /** Returns what follows a stream whose call needs a relay again. @throws when Redis cannot be reached */
  async reassign(
    stream: StreamRef,
    question: CarrierCallback,
    cause: RecoveryCause,
  ): Promise<CarrierInstruction> {
    return this.record(await this.nextRelay(stream, question, cause));
  }

  /**
   * Returns what the live call of a silent relay is redirected to; null when the carrier already knows.
   * @param isRepeated an earlier attempt has not reached the carrier: it is told the same
   */
  async onRelaySilent(stream: StreamRef, isRepeated = false): Promise<CarrierInstruction | null> {
    const decided = isRepeated ? await this.decidedFor(stream) : null;
    if (decided) return decided;
    const step = await this.nextRelay(stream, 'stream-ended', 'relay-silent');
    return step.next === 'relay' || step.next === 'person' || step.next === 'apology'
      ? this.record(step)
      : null;
  }

  /** Returns what an earlier attempt decided for a call that is not over; null for nothing. */
  private async decidedFor({ callId, epoch }: StreamRef): Promise<CarrierInstruction | null> {
    const [state, earlier] = await Promise.all([
      this.calls.state(callId),
      this.handovers.earlierReply(callId, epoch, 'stream-ended'),
    ]);
    return state && state.phase !== 'ended' && earlier !== null ? keptReply(earlier) : null;
  }

  private async nextAfterStream(stream: StreamRef): Promise<NextStep> {
    const { callId, epoch } = stream;
    const [earlier] = await Promise.all([
      this.handovers.earlierReply(callId, epoch, 'stream-ended'),
      this.handovers.endRescue(callId),
    ]);
    if (earlier !== null) return { next: 'repeat', instruction: keptReply(earlier) };
    const [state, record] = await this.lookUp(stream);
    if (!state || !record || state.phase === 'ended') return ended(state, record);
    if (state.phase !== 'transferring')
      return this.nextRelay(stream, 'stream-ended', state.isHandedOver ? 'relay-drained' : 'stream-lost');
    const pending = await this.handovers.pendingTransfer(callId);
    const dial = pending && (await this.departments.dial(stream, 'stream-ended', record, pending));
    if (dial) return { next: 'person', instruction: dial };
    if (pending) {
      this.logger.error(
        { callId, department: pending.department },
        'transfer failed: department not in the call’s directory',
      );
      await this.calls.appendExternalEvent(callId, `transfer-ended-${epoch}`, {
        type: 'transfer.ended',
        data: { department: pending.department, outcome: 'failed', atMs: sinceAdmission(state) },
      });
    }
    return this.nextRelay(stream, 'stream-ended', 'transfer-returned');
  }

  private lookUp({ callId }: StreamRef): Promise<[CallState | null, AdmissionRecord | null]> {
    return Promise.all([this.calls.state(callId), this.calls.record(callId)]);
  }

  private async nextRelay(
    stream: StreamRef,
    question: CarrierCallback,
    cause: RecoveryCause,
  ): Promise<NextStep> {
    const [state, record] = await this.lookUp(stream);
    if (!state || !record || state.phase === 'ended') return ended(state, record);
    if (state.hasCallerLeft) return HANGUP_STEP;
    const loss: Loss = { stream, question, cause, state, record };
    const carrier = carrierFor(this.carriers, record);
    for (const relay of await this.offers.candidates(relayToAvoid(cause, state))) {
      if (!carrier.canConnect(relay)) continue;
      const { reply, offer } = await this.offerTo(relay, loss);
      switch (offer.outcome) {
        case 'gone':
        case 'full':
          continue; // The relay changed since the look-up.
        case 'offered':
          return { next: 'relay', instruction: keptReply(reply) };
        case 'repeat':
          return { next: 'repeat', instruction: keptReply(offer.answer) };
        case 'exhausted':
          return this.lastResort(loss, 'exhausted');
        default:
          // The call ended or moved, or its caller left, since the look-up: the carrier already knows.
          return HANGUP_STEP;
      }
    }
    return this.lastResort(loss, 'no-relay');
  }

  /** Offers the call to the relay under the next epoch, and keeps the reply for repeats if that stands. */
  private async offerTo(
    relay: RelayStatus,
    { stream, question, cause, state, record }: Loss,
  ): Promise<{ readonly reply: string; readonly offer: OfferOutcome }> {
    const { callId, epoch } = stream;
    const { relayId } = relay;
    const nextEpoch = state.lastOfferedEpoch + 1;
    const connect = await this.offers.offer(record, relay, nextEpoch, null);
    const reply = await carrierFor(this.carriers, record).render(connect);
    const offer = await this.handovers.offer(
      { callId, epoch, question, answer: reply },
      { relayId, nextEpoch, reserveMs: RESERVATION_MS },
      IS_LOSS[cause] ? MAX_LOSSES : undefined,
    );
    if (offer.outcome === 'offered') {
      this.metrics.reassignments.inc({ cause, outcome: 'offered' });
      this.logger.log({ callId, relayId, epoch: nextEpoch, cause }, 'call offered to another relay');
    }
    return { reply, offer };
  }

  /** The department the agent names for this case, else an apology. */
  private async lastResort(loss: Loss, why: 'no-relay' | 'exhausted'): Promise<NextStep> {
    const { stream, cause, state, record } = loss;
    this.metrics.reassignments.inc({ cause, outcome: why });
    this.logger.warn({ callId: stream.callId, cause, why }, 'call not reassigned: no relay available');
    const dial = cause === 'transfer-returned' ? null : await this.dialLastResort(loss);
    if (dial) return { next: 'person', instruction: dial };
    await this.endings.end(stream, state, reasonFor(cause, state), 'reaped');
    return apology(record);
  }

  private async dialLastResort({
    stream,
    question,
    state,
    record,
  }: Loss): Promise<CarrierInstruction | null> {
    const department = lastResortOf(record.agent, new Date());
    if (!department) return null;
    const pending = {
      department: department.key,
      mode: 'cold',
      summary: '',
      atMs: sinceAdmission(state),
    } as const;
    const asked = await this.calls.appendExternalEvent(stream.callId, 'last-resort', {
      type: 'transfer.asked',
      data: pending,
    });
    return asked === 'stored' ? this.departments.dial(stream, question, record, pending) : null;
  }

  private record({ next, instruction }: NextStep): CarrierInstruction {
    this.metrics.streamEndings.inc({ next });
    return instruction;
  }
}

function reasonFor(cause: RecoveryCause, { phase }: CallState): TerminationReason {
  if (cause === 'transfer-returned') return 'relay-lost';
  return phase === 'admitted' ? 'never-connected' : 'stream-lost';
}

function ended(state: CallState | null, record: AdmissionRecord | null): NextStep {
  return NEEDS_APOLOGY.has(state?.endReason ?? '') ? apology(record) : HANGUP_STEP;
}

function apology(record: AdmissionRecord | null): NextStep {
  const spoken = record
    ? { text: textsOf(record.agent, record.language).apology, language: record.language }
    : APOLOGY;
  return { next: 'apology', instruction: sayAndHangUp('apology', spoken) };
}

/** The relay that should not get the call again at once; null when it is not at fault. */
function relayToAvoid(cause: RecoveryCause, { offeredTo, relayId }: CallState): RelayId | null {
  return cause === 'transfer-returned' ? null : (offeredTo ?? relayId);
}
