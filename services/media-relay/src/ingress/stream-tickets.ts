import { Inject, Injectable } from '@nestjs/common';
import { streamTicketSchema, type StreamTicket } from '@tandem/contracts';
import { CONFIG, SignedTokens, type ServiceConfig } from '@tandem/platform';

/** Verifies stream tickets issued for this relay. */
@Injectable()
export class StreamTickets {
  private readonly tokens: SignedTokens<typeof streamTicketSchema>;
  private readonly audience: string;

  constructor(@Inject(CONFIG) config: ServiceConfig<'media-relay'>) {
    this.tokens = new SignedTokens(config.secrets, 'stream-ticket', streamTicketSchema);
    this.audience = `relay:${config.relayId}`;
  }

  /** @throws TokenRefused */
  check(token: string): Promise<StreamTicket> {
    return this.tokens.verify(token, this.audience);
  }
}
