import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { AdmissionRecord, Waiting } from '@tandem/call-state';
import { isOpenAt, type CallId } from '@tandem/contracts';
import { AgentDirectory, CallerDirectory, type DialledNumber, type KnownCaller } from '@tandem/database';
import { dialPersonTwiml, farewellTwiml } from '@tandem/telephony';
import { lastResortOf } from '../transfer/department-dial.ts';
import { accessOf, untrustedNumber, isTrustedAttestation, type AccessDecision } from './access-decision.ts';
import { BudgetGate } from './budget-gate.ts';
import { CallPlacement } from './call-placement.service.ts';
import { CallRefusal, companyOf } from './call-refusal.service.ts';
import { callerIdOf } from './caller-identity.ts';
import { snapshotAgent } from './snapshot-agent.ts';
import type { InboundCall } from './inbound-call.ts';
import { ProviderAvailability } from './provider-availability.ts';
import { refusalMessage, type SpokenReason } from './refusals.ts';
import { chooseVariant } from './variant-choice.ts';
import { WaitingRoom, type HoldProgress } from './waiting-room.ts';

/** What the door knows once number and caller are looked up. */
interface LookedUpCall {
  readonly inbound: InboundCall;
  readonly number: DialledNumber;
  /** What is believed of them. */
  readonly known: KnownCaller;
  readonly isNumberDoubted: boolean;
  readonly access: AccessDecision;
  /** BCP 47: the caller's own, else the number's, else the agent's. */
  readonly language: string;
}

/** Decides, before a call is answered, whether and by whom it is taken, and says so in TwiML. */
@Injectable()
export class CallAdmission {
  constructor(
    @Inject(AgentDirectory) private readonly directory: AgentDirectory,
    @Inject(CallerDirectory) private readonly callers: CallerDirectory,
    @Inject(BudgetGate) private readonly budgets: BudgetGate,
    @Inject(ProviderAvailability) private readonly providers: ProviderAvailability,
    @Inject(CallPlacement) private readonly placement: CallPlacement,
    @Inject(WaitingRoom) private readonly waiting: WaitingRoom,
    @Inject(CallRefusal) private readonly refusals: CallRefusal,
  ) {}

  /**
   * The answer to a carrier's "this number rings". The same call asked about again gets the identical
   * document and has no second effect: a second stream would end the first one. `heard`: what a caller was
   * told who has been waiting.
   * @throws when Redis or Postgres cannot be reached
   */
  async admitCall(inbound: InboundCall, heard: HoldProgress): Promise<string> {
    const { carrierCallId } = inbound;
    const earlier = await this.placement.earlierAnswer(carrierCallId);
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
      waiting?.becomes === 'callback-requested'
        ? await this.waiting.promiseCallback(carrierCallId, heard)
        : null;
    if (promised !== null) return promised;
    const rung = await this.lookUp(inbound, number);
    const outcome = await this.admit(rung, waiting, heard);
    if (typeof outcome === 'object') return outcome.twiml;
    return this.refusals.refuse(inbound, outcome, {
      number,
      language: rung.language,
      callerGroup: rung.access.group?.key ?? null,
    });
  }

  /**
   * The answer while call state is away, so that nothing can be admitted: the person the agent's ladder names
   * for such a case, or our words. The same question gets the same answer. @throws when Postgres cannot be
   * reached either
   */
  async answerDegraded(inbound: InboundCall): Promise<string> {
    const number = await this.numberOf(inbound);
    if (!number) return farewellTwiml(refusalMessage('unknown-number', '', 'en-US'));
    const { access, language, isNumberDoubted } = await this.lookUp(inbound, number);
    const isOpen = isOpenAt(number.opening, new Date());
    const person = isOpen && !access.refusal && number.agent ? lastResortOf(number.agent, new Date()) : null;
    if (person)
      return dialPersonTwiml({
        address: person.address,
        ringMs: person.ringMs,
        callerId: callerIdOf({ ...inbound, isNumberDoubted }),
      });
    return farewellTwiml(
      refusalMessage(
        access.refusal ?? (isOpen ? 'agent-unavailable' : 'closed'),
        companyOf(number),
        language,
      ),
    );
  }

  private async numberOf({ dialled }: InboundCall): Promise<DialledNumber | null> {
    return dialled === null ? null : this.directory.findByNumber(dialled);
  }

  private async lookUp(inbound: InboundCall, number: DialledNumber): Promise<LookedUpCall> {
    const { identity } = inbound;
    const found = await this.callers.find(number.tenant.id, number.phoneNumberId, identity.e164);
    const isNumberDoubted =
      identity.e164 !== null && !isTrustedAttestation(number.access, inbound.attestation);
    const known = isNumberDoubted ? untrustedNumber(found) : found;
    const language = known.language ?? number.language ?? number.agent?.language ?? 'en-US';
    return {
      inbound,
      number,
      known,
      isNumberDoubted,
      access: accessOf(number.access, identity, known),
      language,
    };
  }

  /**
   * The answer that takes the call, or why it is not taken. What the caller may not do comes before what we
   * cannot.
   */
  private async admit(
    rung: LookedUpCall,
    waiting: Waiting | null,
    heard: HoldProgress,
  ): Promise<{ twiml: string } | SpokenReason> {
    const { number, access } = rung;
    const at = new Date();
    if (access.refusal) return access.refusal;
    if (!isOpenAt(number.opening, at)) return 'closed';
    if (!number.agent) return 'agent-unavailable';
    const { spending, isReached } = await this.budgets.check(number.tenant, at);
    if (isReached) return 'budget-reached';
    const call = this.callOf(rung, number.agent, at, waiting?.call.callId);
    return this.placeOrHold({ ...call, spending }, waiting, heard);
  }

  private async placeOrHold(
    call: AdmissionRecord,
    waiting: Waiting | null,
    heard: HoldProgress,
  ): Promise<{ twiml: string } | SpokenReason> {
    const isItsTurn = await this.waiting.isItsTurn(call, waiting);
    // Asked last: a provider that is being tried again is tried with whoever asks.
    const hasProvider = !isItsTurn || (await this.providers.canTake(call.agent));
    const placed = isItsTurn && hasProvider ? await this.placement.place(call) : null;
    if (placed !== null) {
      if (waiting) await this.waiting.admitted(waiting);
      return { twiml: placed };
    }
    const held = await this.waiting.hold(call, waiting, heard);
    return held === null ? (hasProvider ? 'no-capacity' : 'provider-unavailable') : { twiml: held };
  }

  private callOf(
    { inbound, number, known, isNumberDoubted, access, language }: LookedUpCall,
    published: NonNullable<DialledNumber['agent']>,
    at: Date,
    callId = randomUUID() as CallId,
  ): AdmissionRecord {
    const tenantId = number.tenant.id;
    const variant = chooseVariant(number.experiment, {
      tenantId,
      agentId: published.agentId,
      caller: inbound.identity.e164 ?? callId,
    });
    return {
      callId,
      tenantId,
      direction: 'inbound',
      channel: inbound.channel,
      from: inbound.from,
      to: inbound.to,
      carrierCallId: inbound.carrierCallId,
      ...(inbound.carrierAccountId === null ? {} : { carrierAccountId: inbound.carrierAccountId }),
      ...(inbound.attestation === null ? {} : { attestation: inbound.attestation }),
      ...(isNumberDoubted ? { isNumberDoubted } : {}),
      admittedAt: at.getTime(),
      agent: snapshotAgent(published, variant, access.group, language),
      caller: { name: known.name, group: access.group?.key ?? null, language: known.language },
      language,
    };
  }
}
