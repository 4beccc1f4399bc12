import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RELAY_RENEW_MS, RelayRegistry } from '@tandem/call-state';
import { CONFIG, Readiness, type ServiceConfig } from '@tandem/platform';
import type { AddressInfo, Server } from 'node:net';
import { Relay } from './relay.ts';

/** Heartbeat of this relay: address, room, draining. Stops being renewed, and is given back, when the process goes. */
@Injectable()
export class RelayLeaseKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(RelayLeaseKeeper.name);
  private timer: NodeJS.Timeout | null = null;
  private isRenewed = false;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(RelayRegistry) private readonly registry: RelayRegistry,
    @Inject(Relay) private readonly relay: Relay,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(Readiness) readiness: Readiness,
  ) {
    readiness.register('relay-lease', () => (this.isRenewed ? null : 'the lease is not renewed: Redis does not answer'));
    readiness.register('capacity', () => (this.relay.activeCalls < config.maxCalls ? null : 'full'));
    readiness.register('draining', () => (this.relay.isDraining ? 'draining' : null));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.renew(), RELAY_RENEW_MS);
  }

  /** Says at once that no more calls are wanted; the running ones keep their lease. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.renew();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.registry.resign(this.config.relayId).catch(() => undefined); // It lapses by itself.
  }

  private async renew(): Promise<void> {
    const { relayId, maxCalls, relayAddress } = this.config;
    try {
      await this.registry.renew(
        { relayId, address: relayAddress ?? this.ownAddress(), capacity: maxCalls, active: this.relay.activeCalls, isDraining: this.relay.isDraining },
        this.relay.heldCalls,
      );
      if (!this.isRenewed) this.logger.log({ relayId }, 'lease renewed');
      this.isRenewed = true;
    } catch (error) {
      if (this.isRenewed) this.logger.warn({ err: error }, 'lease not renewed: Redis does not answer; running calls go on');
      this.isRenewed = false;
    }
  }

  private ownAddress(): string {
    const address = (this.host.httpAdapter.getHttpServer() as Server).address() as AddressInfo | null;
    return `ws://127.0.0.1:${address?.port ?? this.config.port}`;
  }
}
