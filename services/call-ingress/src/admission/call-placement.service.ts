import { Inject, Injectable, Logger } from '@nestjs/common';
import { CallStore, RelayRegistry, type AdmissionRecord } from '@tandem/call-state';
import { TICKET_LIFETIME_S } from '@tandem/contracts';
import { hangupTwiml } from '@tandem/telephony';
import { IngressMetrics } from '../ingress-metrics.ts';
import { preConnectNotice } from './snapshot-agent.ts';
import { placementOrder } from './relay-placement.ts';
import { StreamOffers } from './stream-offer.ts';

/** From our answer to the stream's start: the carrier's way, a spoken notice, and a margin. */
const RESERVATION_MS = TICKET_LIFETIME_S * 1000 + 60_000;

/** Finds an admitted call a relay. */
@Injectable()
export class CallPlacement {
  private readonly logger = new Logger(CallPlacement.name);

  constructor(
    @Inject(RelayRegistry) private readonly registry: RelayRegistry,
    @Inject(CallStore) private readonly records: CallStore,
    @Inject(StreamOffers) private readonly offers: StreamOffers,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  /** What was answered when the carrier asked about this call before; null the first time. */
  async earlierAnswer(carrierCallId: string): Promise<string | null> {
    const earlier = await this.records.earlierReply(carrierCallId);
    if (earlier !== null) this.metrics.admissions.inc({ outcome: 'repeat' });
    return earlier;
  }

  /**
   * The TwiML that hands the call to the least loaded relay; null when none has room, or all that have are at
   * their limit.
   */
  async place(call: AdmissionRecord): Promise<string | null> {
    for (const relay of placementOrder(await this.registry.listRelays())) {
      if (relay.isOverloaded) break; // Those are last.
      const twiml = await this.offers.twiml(call, relay, 1, preConnectNotice(call.agent, call.language));
      const admission = await this.records.admit(call, relay.relayId, twiml, RESERVATION_MS);
      if (admission.outcome === 'repeat') return admission.answer;
      if (admission.outcome === 'left') return hangupTwiml();
      if (admission.outcome !== 'new') continue; // Its last place went, or the relay itself, since we looked.
      this.metrics.admissions.inc({ outcome: 'admitted' });
      const { callId, tenantId, language, agent } = call;
      this.logger.log(
        {
          callId,
          tenantId,
          relayId: relay.relayId,
          agentVersion: agent.agentVersion,
          variantKey: agent.variantKey,
          language,
        },
        'call admitted',
      );
      return twiml;
    }
    return null;
  }
}
