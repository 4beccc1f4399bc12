import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RelayRegistry, type AdmissionRecord, type RelayStatus } from '@tandem/call-state';
import { streamTicketSchema, TICKET_LIFETIME_S, TICKET_PARAMETER, type RelayId } from '@tandem/contracts';
import { CONFIG, SignedTokens, type ServiceConfig } from '@tandem/platform';
import { connectStreamTwiml, mediaUrl, type Spoken } from '@tandem/telephony';
import { CallbackTokens } from '../twilio/callback-tokens.ts';
import { placementOrder } from './relay-placement.ts';

/**
 * A spoken notice delays the stream; the ticket has to outlive it. Slow speech is twelve characters a second.
 */
const NOTICE_S_PER_CHARACTER = 1 / 12;

/** Makes the TwiML that hands a call's audio to one relay, with the ticket only that relay takes. */
@Injectable()
export class StreamOffers {
  private readonly tickets: SignedTokens<typeof streamTicketSchema>;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'call-ingress'>,
    @Inject(RelayRegistry) private readonly registry: RelayRegistry,
    @Inject(CallbackTokens) private readonly callbacks: CallbackTokens,
  ) {
    this.tickets = new SignedTokens(config.secrets, 'stream-ticket', streamTicketSchema);
  }

  /**
   * Relays that may take a call, the best first. The one that has just lost it comes last: its lease may
   * outlive it by seconds.
   */
  async relays(lost: RelayId | null): Promise<RelayStatus[]> {
    const order = placementOrder(await this.registry.listRelays());
    return [
      ...order.filter(({ relayId }) => relayId !== lost),
      ...order.filter(({ relayId }) => relayId === lost),
    ];
  }

  async twiml(
    call: AdmissionRecord,
    relay: RelayStatus,
    epoch: number,
    notice: Spoken | null,
  ): Promise<string> {
    const { callId, tenantId, carrierCallId } = call;
    const ticket = await this.tickets.sign(
      { callId, tenantId, legId: randomUUID(), relayId: relay.relayId, epoch },
      {
        audience: `relay:${relay.relayId}`,
        lifetimeS: TICKET_LIFETIME_S + Math.ceil((notice?.text.length ?? 0) * NOTICE_S_PER_CHARACTER),
      },
    );
    const claims = { callId, tenantId, carrierCallId, epoch };
    return connectStreamTwiml({
      streamUrl: mediaUrl(this.config.publicMediaUrl, relay),
      actionUrl: await this.callbacks.url('stream-ended', claims),
      statusUrl: await this.callbacks.url('stream-status', claims),
      parameters: { [TICKET_PARAMETER]: ticket },
      ...(notice ? { notice } : {}),
    });
  }
}
