import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { AdmissionRecord, RelaySighting } from '@tandem/call-state';
import { streamTicketSchema, TICKET_LIFETIME_S, TICKET_PARAMETER } from '@tandem/contracts';
import { CONFIG, SignedTokens, type ServiceConfig } from '@tandem/platform';
import { connectStreamTwiml, mediaUrl } from '@tandem/telephony';
import { PublicBaseUrl } from '../public-base-url.ts';
import { CallbackTokens } from '../twilio/callback-tokens.ts';

/** A spoken notice delays the stream; the ticket has to outlive it. Slow speech is twelve characters a second. */
const NOTICE_S_PER_CHARACTER = 1 / 12;

/** Makes the TwiML that hands a call's audio to one relay, with the ticket only that relay takes. */
@Injectable()
export class StreamOffers {
  private readonly tickets: SignedTokens<typeof streamTicketSchema>;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'call-ingress'>,
    @Inject(PublicBaseUrl) private readonly base: PublicBaseUrl,
    @Inject(CallbackTokens) private readonly callbacks: CallbackTokens,
  ) {
    this.tickets = new SignedTokens(config.secrets, 'stream-ticket', streamTicketSchema);
  }

  async twiml(call: AdmissionRecord, relay: RelaySighting, epoch: number, notice: string): Promise<string> {
    const { callId, tenantId, carrierCallId } = call;
    const ticket = await this.tickets.sign(
      { callId, tenantId, legId: randomUUID(), relayId: relay.relayId, epoch },
      { audience: `relay:${relay.relayId}`, lifetimeS: TICKET_LIFETIME_S + Math.ceil(notice.length * NOTICE_S_PER_CHARACTER) },
    );
    const token = await this.callbacks.mint({ callId, tenantId, carrierCallId, epoch });
    const callback = (path: string) => `${this.base.value}/twilio/${path}?t=${token}`;
    return connectStreamTwiml({
      streamUrl: mediaUrl(this.config.publicMediaUrl, relay),
      actionUrl: callback('stream-ended'),
      statusUrl: callback('stream-status'),
      parameters: { [TICKET_PARAMETER]: ticket },
      ...(notice ? { notice: { text: notice, language: call.agent.language } } : {}),
    });
  }
}
