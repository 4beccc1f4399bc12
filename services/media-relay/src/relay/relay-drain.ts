import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { RelayRegistry } from '@tandem/call-state';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { RelayMetrics } from './relay-metrics.ts';
import { Relay } from './relay.ts';

const LOOK_MS = 100;
/** How often it is looked where there is room. */
const ROOM_MS = 1_000;
/** Moves begun at once: a herd would have to be taken all at the same moment. */
const MOVES_PER_LOOK = 10;
/**
 * A call that has had no pause for so long is moved in the middle of a turn, which is taken up again on the
 * other relay.
 */
const LONGEST_WAIT_FOR_PAUSE_MS = 15_000;
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
  private room = 0;
  private lookedForRoomAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(Relay) private readonly relay: Relay,
    @Inject(RelayRegistry) private readonly registry: RelayRegistry,
    @Inject(RelayMetrics) private readonly metrics: RelayMetrics,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.relay.isDraining = true;
    if (this.relay.activeCalls === 0) return;
    const begunAt = performance.now();
    const elapsedMs = () => performance.now() - begunAt;
    this.logger.log(
      { calls: this.relay.activeCalls, graceMs: this.config.drainGraceMs },
      'draining: moving calls to other relays',
    );
    const report = setInterval(
      () => this.logger.log({ calls: this.relay.activeCalls }, 'draining'),
      REPORT_MS,
    );
    while (this.relay.activeCalls > 0 && elapsedMs() < this.config.drainGraceMs) {
      await this.waitForCapacity();
      this.moveSome(elapsedMs() > LONGEST_WAIT_FOR_PAUSE_MS);
      await this.relay.idleWithin(LOOK_MS);
    }
    for (const { session } of this.relay.heldCalls) session.end('relay-shutdown');
    await this.relay.idleWithin(FINAL_FLUSH_MS);
    clearInterval(report);
  }

  private moveSome(isPauseOver: boolean): void {
    let most = Math.min(this.room, MOVES_PER_LOOK);
    for (const { session } of this.relay.heldCalls) {
      if (most <= 0) return;
      if (!session.move(isPauseOver)) continue;
      this.metrics.movedCalls.inc({ at: isPauseOver ? 'any-time' : 'pause' });
      this.room -= 1;
      most -= 1;
    }
  }

  private async waitForCapacity(): Promise<void> {
    if (performance.now() - this.lookedForRoomAt < ROOM_MS) return;
    this.lookedForRoomAt = performance.now();
    try {
      const others = (await this.registry.listRelays()).filter(
        ({ relayId, isDraining }) => relayId !== this.config.relayId && !isDraining,
      );
      this.room = others.reduce(
        (sum, { capacity, active, reserved }) => sum + Math.max(0, capacity - active - reserved),
        0,
      );
    } catch {
      this.room = 0; // Without Redis nobody could take a call over; they go on here.
    }
  }
}
