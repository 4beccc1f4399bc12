import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DRAIN_PACE, RelayRegistry } from '@tandem/call-state';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { RelayMetrics } from '../metrics/relay-metrics.ts';
import { Relay } from '../calls/relay.ts';

/** How long the endings of the remaining calls may take to reach Redis. */
const FINAL_FLUSH_MS = 3_000;
const REPORT_MS = 10_000;

/**
 * Drains this relay when it stops: no new calls; running calls are handed over to other relays, each at a
 * pause between turns. Calls that no relay has capacity for continue here, and are ended when the grace time
 * is over.
 */
@Injectable()
export class RelayDrain implements BeforeApplicationShutdown {
  private readonly logger = new Logger(RelayDrain.name);
  private freeSlots = 0;
  private capacityReadAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(Relay) private readonly relay: Relay,
    @Inject(RelayRegistry) private readonly registry: RelayRegistry,
    @Inject(RelayMetrics) private readonly metrics: RelayMetrics,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.relay.isDraining = true;
    if (this.relay.callCount === 0) return;
    const startedAt = performance.now();
    const elapsedMs = () => performance.now() - startedAt;
    this.logger.log(
      { calls: this.relay.callCount, graceMs: this.config.drainGraceMs },
      'draining started; handing calls over to other relays',
    );
    const report = setInterval(() => this.logger.log({ calls: this.relay.callCount }, 'draining'), REPORT_MS);
    while (this.relay.callCount > 0 && elapsedMs() < this.config.drainGraceMs) {
      await this.refreshCapacity();
      this.moveCalls(elapsedMs() > DRAIN_PACE.maxWaitForPauseMs);
      await this.relay.waitUntilIdle(DRAIN_PACE.pollMs);
    }
    for (const { session } of this.relay.activeCalls) session.end('relay-shutdown');
    await this.relay.waitUntilIdle(FINAL_FLUSH_MS);
    clearInterval(report);
  }

  private moveCalls(isAnyMoment: boolean): void {
    let remaining = Math.min(this.freeSlots, DRAIN_PACE.movesPerPoll);
    for (const { session } of this.relay.activeCalls) {
      if (remaining <= 0) return;
      if (!session.handOver(isAnyMoment)) continue;
      this.metrics.counters.movedCalls.inc({ at: isAnyMoment ? 'any-time' : 'pause' });
      this.freeSlots -= 1;
      remaining -= 1;
    }
  }

  private async refreshCapacity(): Promise<void> {
    if (performance.now() - this.capacityReadAt < DRAIN_PACE.capacityRefreshMs) return;
    this.capacityReadAt = performance.now();
    try {
      const others = (await this.registry.listRelays()).filter(
        ({ relayId, isDraining }) => relayId !== this.config.relayId && !isDraining,
      );
      this.freeSlots = others.reduce(
        (sum, { capacity, active, reserved }) => sum + Math.max(0, capacity - active - reserved),
        0,
      );
    } catch {
      this.freeSlots = 0; // Without Redis no relay can take a call over, so calls continue here.
    }
  }
}
