import { Inject, Injectable, Logger } from '@nestjs/common';
import { CallStore, type AdmissionRecord } from '@tandem/call-state';
import { TICKET_LIFETIME_S } from '@tandem/contracts';
import { carrierFor, CARRIER_ADAPTERS, type CarrierAdapters } from '../ports/carrier-adapter.ts';
import { HANG_UP, keptReply, type CarrierInstruction } from '../ports/carrier-instruction.ts';
import { StreamOffers } from '../relays/stream-offer.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';
import { preConnectNotice } from './snapshot-agent.ts';

/** From the reply to the start of the stream: the carrier's way, a spoken notice, and a margin. */
const RESERVATION_MS = TICKET_LIFETIME_S * 1000 + 60_000;

/** Finds a relay for an admitted call. */
@Injectable()
export class CallPlacement {
  private readonly logger = new Logger(CallPlacement.name);

  constructor(
    private readonly calls: CallStore,
    private readonly offers: StreamOffers,
    @Inject(CARRIER_ADAPTERS) private readonly carriers: CarrierAdapters,
    private readonly metrics: IngressMetrics,
  ) {}

  /** Returns the reply to an earlier question about this call; null the first time. */
  async earlierReply(carrierCallId: string): Promise<CarrierInstruction | null> {
    const earlier = await this.calls.earlierReply(carrierCallId);
    if (earlier === null) return null;
    this.metrics.admissions.inc({ outcome: 'repeat' });
    return keptReply(earlier);
  }

  /** Connects the call to the least loaded relay; null when all are full or overloaded. */
  async place(call: AdmissionRecord): Promise<CarrierInstruction | null> {
    const carrier = carrierFor(this.carriers, call);
    for (const relay of await this.offers.inOrder()) {
      if (relay.isOverloaded) break; // Overloaded relays come last.
      if (!carrier.canConnect(relay)) continue;
      const connect = await this.offers.offer(call, relay, 1, preConnectNotice(call.agent, call.language));
      const reply = await carrier.render(connect);
      const admission = await this.calls.admit(call, relay.relayId, reply, RESERVATION_MS);
      if (admission.outcome === 'repeat') return keptReply(admission.answer);
      if (admission.outcome === 'left') return HANG_UP;
      if (admission.outcome !== 'new') continue; // The relay filled up or went away since the look-up.
      this.reportAdmitted(call, relay.relayId);
      return keptReply(reply);
    }
    return null;
  }

  private reportAdmitted({ callId, tenantId, language, agent }: AdmissionRecord, relayId: string): void {
    this.metrics.admissions.inc({ outcome: 'admitted' });
    const { agentVersion, variantKey } = agent;
    this.logger.log({ callId, tenantId, relayId, agentVersion, variantKey, language }, 'call admitted');
  }
}
