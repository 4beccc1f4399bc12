import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RELAY_RENEW_MS, RelayRegistry } from '@tandem/call-state';
import { CONFIG, Readiness, type ServiceConfig } from '@tandem/platform';
import type { AddressInfo, Server } from 'node:net';
import { OverloadDetector } from './overload-detector.ts';
import { Relay } from '../calls/relay.ts';
import { AudioSocketDoor } from '../ingress/audiosocket-door.ts';
import { RelayMetrics } from '../metrics/relay-metrics.ts';
import { FreezeDetector } from '../ownership/freeze-detector.ts';

/** Interval at which a relay asks for its ownership after a freeze. */
const OWNERSHIP_RETRY_MS = 250;
/** Share of the one thread's time spent working. Beyond it every burst delays audio. */
const MAX_LOOP_SHARE = 0.95;

/**
 * Renews this relay's lease: its address, capacity, draining and owned calls. Each reply has the ownership of
 * those calls: calls of other relays are given up, events lost by Redis are restored. The lease is released
 * when the process stops.
 */
@Injectable()
export class RelayLeaseRenewal
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger(RelayLeaseRenewal.name);
  private timer: NodeJS.Timeout | null = null;
  private isRenewed = false;
  private readonly overload: OverloadDetector;
  private isOverloaded = false;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(RelayRegistry) private readonly registry: RelayRegistry,
    @Inject(Relay) private readonly relay: Relay,
    @Inject(FreezeDetector) private readonly freezes: FreezeDetector,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(RelayMetrics) private readonly metrics: RelayMetrics,
    @Inject(AudioSocketDoor) private readonly audioSockets: AudioSocketDoor,
    @Inject(Readiness) readiness: Readiness,
  ) {
    this.overload = new OverloadDetector({ loopDelayMs: config.maxLoopDelayMs, loopShare: MAX_LOOP_SHARE });
    readiness.register(
      'relay-lease',
      () => (this.isRenewed ? null : 'the lease is not renewed: Redis does not answer'),
      'start',
    );
    // New calls are placed by the lease, so a full relay stays ready.
    readiness.register('capacity', () => (this.relay.callCount < config.maxCalls ? null : 'full'), 'never');
    readiness.register('draining', () => (this.relay.isDraining ? 'draining' : null));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.checkLoad();
      void this.renew();
    }, RELAY_RENEW_MS);
    this.freezes.start(() => void this.confirmOwnershipAfterFreeze());
  }

  /** Announces at once that no new calls are taken; running calls keep their lease. */
  async beforeApplicationShutdown(): Promise<void> {
    this.relay.isDraining = true;
    await this.renew();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.freezes.stop();
    this.overload.stop();
    await this.registry.release(this.config.relayId).catch(() => undefined); // It expires by itself.
  }

  private checkLoad(): void {
    const was = this.isOverloaded;
    this.isOverloaded = this.overload.sample();
    if (this.isOverloaded !== was)
      this.logger.warn(
        { calls: this.relay.callCount },
        this.isOverloaded
          ? 'relay overloaded; new calls placed on other relays'
          : 'relay overload over; new calls accepted',
      );
  }

  private async confirmOwnershipAfterFreeze(): Promise<void> {
    this.logger.warn(
      { calls: this.relay.callCount },
      'process was frozen; audio held back until call ownership is confirmed',
    );
    while (this.freezes.shouldRetry && !(await this.renew()))
      await new Promise((resolve) => setTimeout(resolve, OWNERSHIP_RETRY_MS));
    this.freezes.confirm();
  }

  /** Returns whether the lease was renewed. */
  private async renew(): Promise<boolean> {
    const { relayId, maxCalls, relayAddress } = this.config;
    const calls = this.relay.ownedCalls;
    this.publishState();
    try {
      const statuses = await this.registry.renew(
        {
          relayId,
          address: relayAddress ?? this.ownAddress(),
          audioSocket: this.audioSockets.publicAddress,
          capacity: maxCalls,
          active: this.relay.callCount,
          isDraining: this.relay.isDraining,
          isOverloaded: this.isOverloaded,
          revision: this.config.relayRevision ?? '',
          startedAt: performance.timeOrigin,
        },
        calls,
      );
      for (const [index, call] of calls.entries())
        this.relay.reconcile(call, statuses[index] ?? { kind: 'unknown' });
      if (!this.isRenewed) this.logger.log({ relayId }, 'relay lease renewed');
      this.isRenewed = true;
    } catch (error) {
      if (this.isRenewed)
        this.logger.warn(
          { err: error },
          'relay lease not renewed: Redis unavailable or read-only; running calls continue',
        );
      this.isRenewed = false;
    }
    return this.isRenewed;
  }

  private publishState(): void {
    const { capacity, draining, overloaded } = this.metrics.gauges;
    capacity.set(this.config.maxCalls);
    draining.set(this.relay.isDraining ? 1 : 0);
    overloaded.set(this.isOverloaded ? 1 : 0);
  }

  private ownAddress(): string {
    const address = (this.host.httpAdapter.getHttpServer() as Server).address() as AddressInfo | null;
    return `ws://127.0.0.1:${address?.port ?? this.config.port}`;
  }
}
