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
import { FreezeDetector } from '../ownership/freeze-detector.ts';

/** A relay that woke from a freeze asks this often whether its calls are still its own. */
const OWNERSHIP_RETRY_MS = 250;
/** Of its one thread's time: beyond it every burst makes audio late. */
const MAX_LOOP_SHARE = 0.95;

/**
 * Heartbeat of this relay: address, room, draining, the calls it owns. Each one tells what became of them:
 * calls somebody else has are let go, what Redis has lost is put back. Stops being renewed, and is given
 * back, when the process goes.
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
    @Inject(Readiness) readiness: Readiness,
  ) {
    this.overload = new OverloadDetector({ loopDelayMs: config.maxLoopDelayMs, loopShare: MAX_LOOP_SHARE });
    readiness.register(
      'relay-lease',
      () => (this.isRenewed ? null : 'the lease is not renewed: Redis does not answer'),
      'start',
    );
    // Placement goes by the lease.
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

  /** Says at once that no more calls are wanted; the running ones keep their lease. */
  async beforeApplicationShutdown(): Promise<void> {
    this.relay.isDraining = true;
    await this.renew();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.freezes.stop();
    this.overload.stop();
    await this.registry.release(this.config.relayId).catch(() => undefined); // It lapses by itself.
  }

  private checkLoad(): void {
    const was = this.isOverloaded;
    this.isOverloaded = this.overload.sample();
    if (this.isOverloaded !== was)
      this.logger.warn(
        { calls: this.relay.callCount },
        this.isOverloaded
          ? 'this relay has all it can do: new calls go elsewhere'
          : 'this relay has room again',
      );
  }

  private async confirmOwnershipAfterFreeze(): Promise<void> {
    this.logger.warn(
      { calls: this.relay.callCount },
      'this process stood still; nothing is sent until it is known which calls are still its own',
    );
    while (this.freezes.shouldRetry && !(await this.renew()))
      await new Promise((resolve) => setTimeout(resolve, OWNERSHIP_RETRY_MS));
    this.freezes.confirm();
  }

  /** Answers whether it was renewed. */
  private async renew(): Promise<boolean> {
    const { relayId, maxCalls, relayAddress } = this.config;
    const calls = this.relay.ownedCalls;
    try {
      const standings = await this.registry.renew(
        {
          relayId,
          address: relayAddress ?? this.ownAddress(),
          capacity: maxCalls,
          active: this.relay.callCount,
          isDraining: this.relay.isDraining,
          isOverloaded: this.isOverloaded,
        },
        calls,
      );
      for (const [index, call] of calls.entries())
        this.relay.reconcile(call, standings[index] ?? { kind: 'unknown' });
      if (!this.isRenewed) this.logger.log({ relayId }, 'lease renewed');
      this.isRenewed = true;
    } catch (error) {
      if (this.isRenewed)
        this.logger.warn(
          { err: error },
          'lease not renewed: Redis does not answer or takes no writes; running calls go on',
        );
      this.isRenewed = false;
    }
    return this.isRenewed;
  }

  private ownAddress(): string {
    const address = (this.host.httpAdapter.getHttpServer() as Server).address() as AddressInfo | null;
    return `ws://127.0.0.1:${address?.port ?? this.config.port}`;
  }
}
