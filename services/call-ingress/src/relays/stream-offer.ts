import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { placementOrder, RelayRegistry, type AdmissionRecord, type RelayStatus } from '@tandem/call-state';
import { streamTicketSchema, TICKET_LIFETIME_S, type RelayId } from '@tandem/contracts';
import { CONFIG, SignedTokens, type ServiceConfig } from '@tandem/platform';
import type { ConnectRelay, Spoken } from '../ports/carrier-instruction.ts';
import { withoutNumberBehindEdge } from './relay-number.ts';

/** The ticket outlives a notice spoken before the stream. Slow speech is twelve characters a second. */
const NOTICE_S_PER_CHARACTER = 1 / 12;

/** Makes the instruction that hands a call's audio to one relay, with a ticket only that relay accepts. */
@Injectable()
export class StreamOffers {
  private readonly logger = new Logger(StreamOffers.name);
  private readonly warnedOf = new Set<RelayId>();
  private readonly tickets: SignedTokens<typeof streamTicketSchema>;

  constructor(
    @Inject(CONFIG) config: Pick<ServiceConfig<'call-ingress'>, 'secrets'>,
    private readonly registry: RelayRegistry,
  ) {
    this.tickets = new SignedTokens(config.secrets, 'stream-ticket', streamTicketSchema);
  }

  /** Relays that may take a call, best first; without an AudioSocket where a PBX cannot reach it. */
  async inOrder(): Promise<RelayStatus[]> {
    const relays = await this.registry.listRelays();
    const unreached = withoutNumberBehindEdge(relays);
    for (const relay of unreached) this.warn(relay);
    return placementOrder(
      relays.map((relay) => (unreached.includes(relay) ? { ...relay, audioSocket: undefined } : relay)),
    );
  }

  /** Relays as {@link inOrder} has them. `lost` comes last: its lease may outlive it by seconds. */
  async candidates(lost: RelayId | null): Promise<RelayStatus[]> {
    const order = await this.inOrder();
    return [
      ...order.filter(({ relayId }) => relayId !== lost),
      ...order.filter(({ relayId }) => relayId === lost),
    ];
  }

  async offer(
    { callId, tenantId, carrierCallId, audioRateHz }: AdmissionRecord,
    { relayId, address, audioSocket }: RelayStatus,
    epoch: number,
    notice: Spoken | null,
  ): Promise<ConnectRelay> {
    const ticket = await this.tickets.sign(
      { callId, tenantId, legId: randomUUID(), relayId, epoch },
      {
        audience: `relay:${relayId}`,
        lifetimeS: TICKET_LIFETIME_S + Math.ceil((notice?.text.length ?? 0) * NOTICE_S_PER_CHARACTER),
      },
    );
    return {
      kind: 'connect-relay',
      stream: { callId, tenantId, carrierCallId, epoch },
      relay: { relayId, address, audioSocket },
      audioRateHz,
      ticket,
      notice,
    };
  }

  private warn({ relayId, audioSocket }: RelayStatus): void {
    if (this.warnedOf.has(relayId)) return;
    this.warnedOf.add(relayId);
    this.logger.warn(
      { relayId, address: audioSocket },
      'relay not offered for AudioSocket: it shares its address, and its RELAY_ID does not end in a number ' +
        'from 0 to 9999 without zeros in front, by which an edge finds it',
    );
  }
}
