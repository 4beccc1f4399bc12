import { Injectable } from '@nestjs/common';
import type { AdmissionRecord, WaitingState } from '@tandem/call-state';
import { isOpenAt } from '@tandem/contracts';
import { AgentDirectory, CallerDirectory, type DialledNumber } from '@tandem/database';
import { refusalMessage, type SpokenReason } from '../announcements/announcements.ts';
import { callerIdOf } from '../ports/caller-identity.ts';
import { sayAndHangUp, type CarrierInstruction, type HoldProgress } from '../ports/carrier-instruction.ts';
import type { InboundCall } from '../ports/inbound-call.ts';
import { CallRefusal, companyOf } from '../refusal/call-refusal.service.ts';
import { lastResortOf } from '../transfer/department-dial.ts';
import { WaitingRoom } from '../waiting/waiting-room.ts';
import { judgeCaller } from './access-decision.ts';
import { BudgetGate } from './budget-gate.ts';
import { CallPlacement } from './call-placement.service.ts';
import { ProviderAvailability } from './provider-availability.ts';
import { recordOf, type LookedUpCall } from './admission-record.ts';

/** Decides, before a call is answered, whether it is admitted and to which relay. */
@Injectable()
export class CallAdmission {
  constructor(
    private readonly directory: AgentDirectory,
    private readonly callers: CallerDirectory,
    private readonly budgets: BudgetGate,
    private readonly providers: ProviderAvailability,
    private readonly placement: CallPlacement,
    private readonly waiting: WaitingRoom,
    private readonly refusals: CallRefusal,
  ) {}

  /**
   * Returns what the carrier does with a ringing call. A repeated question gets the identical reply and has
   * no second effect: a second stream would end the first one.
   * @throws when Redis or Postgres cannot be reached
   */
  async admitCall(inbound: InboundCall, progress: HoldProgress): Promise<CarrierInstruction> {
    const { carrierCallId } = inbound;
    const earlier = await this.placement.earlierReply(carrierCallId);
    if (earlier !== null) return earlier;
    const number = await this.numberOf(inbound);
    if (!number)
      return this.refusals.refuse(inbound, 'unknown-number', {
        number,
        language: 'en-US',
        callerGroup: null,
      });
    const waiting = await this.waiting.entry(number.agent, carrierCallId);
    const promised =
      waiting?.outcome === 'callback-requested'
        ? await this.waiting.promiseCallback(carrierCallId, progress)
        : null;
    if (promised !== null) return promised;
    const call = await this.lookUp(inbound, number);
    const outcome = await this.admit(call, waiting, progress);
    if (typeof outcome === 'object') return outcome;
    return this.refusals.refuse(inbound, outcome, {
      number,
      language: call.language,
      callerGroup: call.access.group?.key ?? null,
    });
  }

  /**
   * Returns what the carrier does with a ringing call while call state is unreachable and admits nothing: the
   * person in the agent's fallback chain, or a message. A repeated question gets the same reply.
   * @throws when Postgres cannot be reached either
   */
  async answerDegraded(inbound: InboundCall): Promise<CarrierInstruction> {
    const number = await this.numberOf(inbound);
    if (!number) return sayAndHangUp('unknown-number', refusalMessage('unknown-number', '', 'en-US'));
    const { access, language, isNumberDoubted } = await this.lookUp(inbound, number);
    const isOpen = isOpenAt(number.opening, new Date());
    const person = isOpen && !access.refusal && number.agent ? lastResortOf(number.agent, new Date()) : null;
    if (person)
      return {
        kind: 'dial',
        address: person.address,
        ringMs: person.ringMs,
        callerId: callerIdOf({ ...inbound, isNumberDoubted }),
        stream: null,
        asksFirst: false,
      };
    const reason = access.refusal ?? (isOpen ? 'agent-unavailable' : 'closed');
    return sayAndHangUp(reason, refusalMessage(reason, companyOf(number), language));
  }

  private async numberOf({ dialled, agentId }: InboundCall): Promise<DialledNumber | null> {
    return dialled === null ? null : this.directory.findByNumber(dialled, agentId ?? null);
  }

  private async lookUp(inbound: InboundCall, number: DialledNumber): Promise<LookedUpCall> {
    const { e164 } = inbound.identity;
    const found = await this.callers.find(number.tenant.id, number.phoneNumberId, e164);
    const { known, isNumberDoubted, access } = judgeCaller(number.access, inbound, found);
    const language =
      inbound.language ?? known.language ?? number.language ?? number.agent?.language ?? 'en-US';
    return { inbound, number, known, isNumberDoubted, access, language };
  }

  /** Returns the instruction that takes the call, or the reason for refusing it. Access rules come first. */
  private async admit(
    lookedUp: LookedUpCall,
    waiting: WaitingState | null,
    progress: HoldProgress,
  ): Promise<CarrierInstruction | SpokenReason> {
    const { number, access } = lookedUp;
    const at = new Date();
    if (access.refusal) return access.refusal;
    if (!isOpenAt(number.opening, at)) return 'closed';
    if (!number.agent) return 'agent-unavailable';
    const { spending, isReached } = await this.budgets.check(number.tenant, at);
    if (isReached) return 'budget-reached';
    const call = recordOf(lookedUp, number.agent, at, waiting?.call);
    return this.placeOrHold({ ...call, spending }, waiting, progress);
  }

  private async placeOrHold(
    call: AdmissionRecord,
    waiting: WaitingState | null,
    progress: HoldProgress,
  ): Promise<CarrierInstruction | SpokenReason> {
    const isItsTurn = await this.waiting.isItsTurn(call, waiting);
    // Last, because asking has an effect: a provider on trial is tried with the call that asks.
    const hasProvider = !isItsTurn || (await this.providers.canTake(call.agent));
    const placed = isItsTurn && hasProvider ? await this.placement.place(call) : null;
    if (placed !== null) {
      if (waiting) await this.waiting.markAdmitted(waiting);
      return placed;
    }
    const held = await this.waiting.hold(call, waiting, progress);
    return held ?? (hasProvider ? 'no-capacity' : 'provider-unavailable');
  }
}
