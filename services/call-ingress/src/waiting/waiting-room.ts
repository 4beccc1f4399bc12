import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  freeCapacity,
  RelayRegistry,
  WaitingLine,
  type AdmissionRecord,
  type WaitingState,
  type WaitingCall,
} from '@tandem/call-state';
import type { AgentSnapshot } from '@tandem/contracts';
import { withTimeout } from '@tandem/platform';
import { holdMessage, oneMomentMessage, refusalMessage } from '../announcements/announcements.ts';
import { identityOf } from '../ports/caller-identity.ts';
import {
  HANG_UP,
  sayAndHangUp,
  type CarrierInstruction,
  type HoldProgress,
} from '../ports/carrier-instruction.ts';
import type { StreamRef } from '../ports/stream-ref.ts';
import { CallRefusal } from '../refusal/call-refusal.service.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';

/** Poll interval of a waiting call; freed capacity idles for half of this on average. */
const HOLD_S = 5;
/** Holds without an announcement in a row. Callers take a line that is silent for longer for dead. */
const MAX_SILENT_HOLDS = 5;
/** Holds granted in a row while Redis or Postgres is unreachable (about two minutes). */
const MAX_UNVERIFIED_HOLDS = 15;
const TOUCH_TIMEOUT_MS = 500;
const CALLBACK_KEY = '1';
/** Well before the carrier repeats its request. */
const CALLBACK_TIMEOUT_MS = 2_500;

const ANNOUNCE_AGAIN: CarrierInstruction = { kind: 'ask-again', progress: { announcedPosition: 0 } };

/**
 * Keeps callers on the line until an agent has room, in the order they came. Callers hear their position, and
 * may ask to be called back.
 */
@Injectable()
export class WaitingRoom {
  private readonly logger = new Logger(WaitingRoom.name);

  constructor(
    private readonly line: WaitingLine,
    @Inject(RelayRegistry) private readonly registry: Pick<RelayRegistry, 'listRelays'>,
    private readonly refusals: CallRefusal,
    private readonly metrics: IngressMetrics,
  ) {}

  /** Returns the call's place in line; null when it has none, or when the agent has no line. */
  async entry(agent: AgentSnapshot | null, carrierCallId: string): Promise<WaitingState | null> {
    return agent?.whenUnavailable === 'queue' ? this.line.waiting(carrierCallId) : null;
  }

  /** Whether there is room for this call and for all callers before it. */
  async isItsTurn(
    { agent, carrierCallId }: Pick<AdmissionRecord, 'agent' | 'carrierCallId'>,
    waiting: WaitingState | null,
  ): Promise<boolean> {
    if (agent.whenUnavailable === 'refuse') return true;
    const ahead = await this.line.ahead(waiting?.call ?? { agentId: agent.agentId, carrierCallId });
    return ahead === 0 || ahead < freeCapacity(await this.registry.listRelays());
  }

  /**
   * Returns the hold; null when the agent has no line, the line is full, or the caller has waited the longest
   * time allowed. Callers keep their line when the number gets another agent meanwhile.
   */
  async hold(
    call: AdmissionRecord,
    waiting: WaitingState | null,
    progress: HoldProgress,
  ): Promise<CarrierInstruction | null> {
    const { whenUnavailable, queue } = call.agent;
    if (whenUnavailable === 'refuse') return null;
    const entry = waiting?.call ?? entryOf(call);
    const place = await this.line.wait(entry, queue.maxLength);
    if (place === 'gone') return HANG_UP;
    if (place === 'answered') return ANNOUNCE_AGAIN;
    if (place === 'full' || place.waitedMs >= queue.maxWaitMs) return null;
    const position = place.ahead + 1;
    if (progress.announcedPosition === undefined) this.reportNewcomer(entry, position);
    return holdAt(position, entry, call, progress);
  }

  /**
   * Returns a hold for a waiting caller who cannot be looked up; null for any other caller, and after
   * {@link MAX_UNVERIFIED_HOLDS} in a row.
   */
  async keepHoldingWithoutLookup(
    carrierCallId: string,
    { announcedPosition, silentHolds, unverifiedHolds }: HoldProgress,
  ): Promise<CarrierInstruction | null> {
    if (announcedPosition === undefined || unverifiedHolds >= MAX_UNVERIFIED_HOLDS) return null;
    await this.keepPlace(carrierCallId);
    return {
      kind: 'hold',
      spoken: null,
      holdS: HOLD_S,
      progress: { announcedPosition, silentHolds, unverifiedHolds: unverifiedHolds + 1 },
      keysFor: null,
    };
  }

  /** Returns the promise of a call back once it is stored; for any other key all announcements again. */
  async handleKey({ carrierCallId }: StreamRef, key: string | undefined): Promise<CarrierInstruction> {
    const promised =
      key === CALLBACK_KEY
        ? await this.promiseCallback(carrierCallId, {
            announcedPosition: 0,
            silentHolds: 0,
            unverifiedHolds: 0,
          })
        : null;
    return promised ?? ANNOUNCE_AGAIN;
  }

  /**
   * Returns the promise of a call back, or a hold while it cannot be stored: a request that call state has is
   * tried again with the carrier's next question, and in the end by the sweep. Null when there is no request.
   */
  async promiseCallback(
    carrierCallId: string,
    { unverifiedHolds }: HoldProgress,
  ): Promise<CarrierInstruction | null> {
    try {
      return await withTimeout(CALLBACK_TIMEOUT_MS, this.refusals.requestCallback(carrierCallId));
    } catch (error) {
      this.logger.error(
        { err: error },
        'callback request not stored: call state or database does not answer; retrying',
      );
      const waiting = await withTimeout(TOUCH_TIMEOUT_MS, this.line.waiting(carrierCallId)).catch(() => null);
      const { companyName, language } = waiting?.call ?? { companyName: '', language: 'en-US' };
      if (unverifiedHolds >= MAX_UNVERIFIED_HOLDS)
        return sayAndHangUp('agent-unavailable', refusalMessage('agent-unavailable', companyName, language));
      await this.keepPlace(carrierCallId);
      return {
        kind: 'hold',
        spoken: oneMomentMessage(language),
        holdS: HOLD_S,
        progress: { announcedPosition: 0, unverifiedHolds: unverifiedHolds + 1 },
        keysFor: null,
      };
    }
  }

  /** Takes an admitted call out of the line. Never throws; the place expires by itself. */
  async markAdmitted({ call, since }: WaitingState): Promise<void> {
    this.metrics.queueWait.observe(Math.max(0, Date.now() - since.getTime()) / 1000);
    try {
      await this.line.close(call);
    } catch (error) {
      this.logger.warn(
        { err: error, callId: call.callId },
        'place in line of an admitted call not released: it expires within a minute',
      );
    }
  }

  private reportNewcomer({ callId, tenantId }: WaitingCall, position: number): void {
    this.metrics.admissions.inc({ outcome: 'waiting' });
    this.logger.log({ callId, tenantId, position }, 'caller waiting in line');
  }

  /** Keeps the caller's place from expiring. Nothing expires while call state is unreachable. */
  private async keepPlace(carrierCallId: string): Promise<void> {
    await withTimeout(TOUCH_TIMEOUT_MS, this.line.touch(carrierCallId)).catch(() => undefined);
  }
}

function holdAt(
  position: number,
  { callId, tenantId, carrierCallId, from }: WaitingCall,
  { agent, language, isNumberDoubted = false }: AdmissionRecord,
  { announcedPosition, silentHolds }: HoldProgress,
): CarrierInstruction {
  // A doubted number may be someone else's: no call back there.
  const offersCallback = agent.queue.offersCallback && !isNumberDoubted && identityOf(from).e164 !== null;
  const isSilent = position === announcedPosition && silentHolds < MAX_SILENT_HOLDS;
  const { companyName: company } = agent;
  const isFirstTime = !announcedPosition;
  return {
    kind: 'hold',
    spoken: isSilent ? null : holdMessage({ company, language, position, isFirstTime, offersCallback }),
    holdS: HOLD_S,
    progress: { announcedPosition: position, silentHolds: isSilent ? silentHolds + 1 : 0 },
    keysFor: offersCallback ? { callId, tenantId, carrierCallId, epoch: 1 } : null,
  };
}

function entryOf({
  callId,
  tenantId,
  channel,
  from,
  to,
  carrierCallId,
  attestation,
  agent,
  caller,
  parameters,
  language,
}: AdmissionRecord): WaitingCall {
  return {
    callId,
    tenantId,
    channel,
    from,
    to,
    carrierCallId,
    attestation: attestation ?? null,
    agentId: agent.agentId,
    companyName: agent.companyName,
    ...(parameters === undefined ? {} : { parameters }),
    language,
    callerGroup: caller.group,
  };
}
