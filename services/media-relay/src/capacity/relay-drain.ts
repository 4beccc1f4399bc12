import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { RelayRegistry } from '@tandem/call-state';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { RelayMetrics } from '../metrics/relay-metrics.ts';
import { Relay } from '../calls/relay.ts';

const POLL_MS = 100;
/** How often it is looked where there is room. */
const CAPACITY_REFRESH_MS = 1_000;
/** Moves begun at once: a herd would have to be taken all at the same moment. */
const MOVES_PER_POLL = 10;
/**
 * A call that has had no pause for so long is moved in the middle of a turn, which is taken up again on the
 * other relay.
 */
const MAX_WAIT_FOR_PAUSE_MS = 15_000;
/** After the last grace: how long endings may take to reach Redis. */
const FINAL_FLUSH_MS = 3_000;
const REPORT_MS = 10_000;

/**
 * The end of a relay: no new calls; the running ones are moved to others, each at a pause between turns.
 * Those nobody has room for may go on to their own end, and are ended at the end of the grace.
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
    const begunAt = performance.now();
    const elapsedMs = () => performance.now() - begunAt;
    this.logger.log(
      { calls: this.relay.callCount, graceMs: this.config.drainGraceMs },
      'draining: moving calls to other relays',
    );
    const report = setInterval(() => this.logger.log({ calls: this.relay.callCount }, 'draining'), REPORT_MS);
    while (this.relay.callCount > 0 && elapsedMs() < this.config.drainGraceMs) {
      await this.refreshCapacity();
      this.moveCalls(elapsedMs() > MAX_WAIT_FOR_PAUSE_MS);
      await this.relay.waitUntilIdle(POLL_MS);
    }
    for (const { session } of this.relay.activeCalls) session.end('relay-shutdown');
    await this.relay.waitUntilIdle(FINAL_FLUSH_MS);
    clearInterval(report);
  }

  private moveCalls(isPauseOver: boolean): void {
    let most = Math.min(this.freeSlots, MOVES_PER_POLL);
    for (const { session } of this.relay.activeCalls) {
      if (most <= 0) return;
      if (!session.move(isPauseOver)) continue;
      this.metrics.counters.movedCalls.inc({ at: isPauseOver ? 'any-time' : 'pause' });
      this.freeSlots -= 1;
      most -= 1;
    }
  }

  private async refreshCapacity(): Promise<void> {
    if (performance.now() - this.capacityReadAt < CAPACITY_REFRESH_MS) return;
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
      this.freeSlots = 0; // Without Redis nobody could take a call over; they go on here.
    }
  }
}
