import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ProviderBoard, ProviderStates, type CircuitState, type ProviderSight, type ProviderTarget } from '@tandem/call-state';
import { RealClock } from '@tandem/conversation';
import { RelayMetrics } from './relay-metrics.ts';

const REFRESH_MS = 1_000;
const LEVELS: Readonly<Record<CircuitState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** How the providers of voice models stand, for all calls of this relay; refreshed from Redis in the background. */
@Injectable()
export class ProviderWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly board: ProviderBoard;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(ProviderStates) states: ProviderStates,
    @Inject(RelayMetrics) private readonly metrics: RelayMetrics,
  ) {
    this.board = new ProviderBoard({
      states,
      clock: new RealClock(() => undefined),
      onFailure: (target, act, { category }) => this.metrics.providerFailures.inc({ target, act, category }),
    });
  }

  of(target: ProviderTarget): ProviderSight {
    return this.board.of(target);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.refresh(), REFRESH_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async refresh(): Promise<void> {
    await this.board.refresh();
    for (const [target, state] of this.board.states) this.metrics.providerCircuits.set({ target }, LEVELS[state]);
  }
}
