import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CallRecordStore, RelayRegistry, type AdmissionRecord } from '@tandem/call-state';
import { TICKET_LIFETIME_S, UNKNOWN_CALLER, type AgentSnapshot, type CallId, type RefusalReason } from '@tandem/contracts';
import { AgentDirectory, CallRepository, isOpenAt, type DialledNumber } from '@tandem/database';
import { farewellTwiml } from '@tandem/telephony';
import { IngressMetrics } from '../ingress-metrics.ts';
import type { VoiceForm } from '../twilio/twilio-forms.ts';
import { refusalSentence } from './refusals.ts';
import { placementOrder } from './relay-placement.ts';
import { StreamOffers } from './stream-offer.ts';

/** From our answer to the stream's start: the carrier's way, a spoken notice, and a margin. */
const RESERVATION_MS = TICKET_LIFETIME_S * 1000 + 60_000;

/** Decides, before a call is answered, whether and by whom it is taken, and says so in TwiML. */
@Injectable()
export class CallAdmission {
  private readonly logger = new Logger(CallAdmission.name);

  constructor(
    @Inject(AgentDirectory) private readonly directory: AgentDirectory,
    @Inject(CallRepository) private readonly calls: CallRepository,
    @Inject(RelayRegistry) private readonly registry: RelayRegistry,
    @Inject(CallRecordStore) private readonly records: CallRecordStore,
    @Inject(StreamOffers) private readonly offers: StreamOffers,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  /**
   * The answer to a carrier's "this number rings". The same call asked about again gets the identical document and has
   * no second effect: a second stream would end the first one.
   * @throws when Redis or Postgres cannot be reached
   */
  async answer(form: VoiceForm): Promise<string> {
    const earlier = await this.records.earlierAnswer(form.CallSid);
    if (earlier !== null) {
      this.metrics.admissions.inc({ outcome: 'repeat' });
      return earlier;
    }
    const number = await this.directory.findByNumber(form.To);
    if (!number) return this.refuse(form, null, 'unknown-number');
    if (!isOpenAt(number.opening, new Date())) return this.refuse(form, number, 'closed');
    if (!number.agent) return this.refuse(form, number, 'agent-unavailable');
    return (await this.place(form, number, number.agent)) ?? this.refuse(form, number, 'no-capacity');
  }

  private async place(form: VoiceForm, number: DialledNumber, agent: AgentSnapshot): Promise<string | null> {
    const call: AdmissionRecord = {
      callId: randomUUID() as CallId,
      tenantId: number.tenant.id,
      direction: 'inbound',
      channel: 'twilio',
      from: form.From,
      to: form.To,
      carrierCallId: form.CallSid,
      admittedAt: Date.now(),
      agent,
      caller: UNKNOWN_CALLER,
      language: agent.language,
    };
    for (const relay of placementOrder(await this.registry.sightings())) {
      const twiml = await this.offers.twiml(call, relay, 1, agent.notice);
      const admission = await this.records.admit(call, relay.relayId, twiml, RESERVATION_MS);
      if (admission.outcome === 'repeat') return admission.answer;
      if (admission.outcome !== 'new') continue; // Its last place went, or the relay itself, since we looked.
      this.metrics.admissions.inc({ outcome: 'admitted' });
      this.logger.log({ callId: call.callId, tenantId: call.tenantId, relayId: relay.relayId, agentVersion: agent.agentVersion }, 'call admitted');
      return twiml;
    }
    return null;
  }

  private async refuse(form: VoiceForm, number: DialledNumber | null, reason: RefusalReason): Promise<string> {
    const text = refusalSentence(reason, number?.tenant.companyName ?? '');
    const callId = randomUUID() as CallId;
    const answer = await this.records.keepAnswer(form.CallSid, farewellTwiml({ text, language: number?.agent?.language ?? 'en-US' }));
    this.metrics.admissions.inc({ outcome: reason });
    this.logger.log({ callId, tenantId: number?.tenant.id, reason }, 'call refused');
    await this.calls.recordRefusal({
      callId,
      tenantId: number?.tenant.id ?? null,
      direction: 'inbound',
      channel: 'twilio',
      from: form.From,
      to: form.To,
      carrierCallId: form.CallSid,
      refusedAt: new Date(),
      reason,
    });
    return answer;
  }
}
