import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import {
  ProviderHealthRegistry,
  ProviderStates,
  type CircuitState,
  type ProviderHealth,
  type ProviderTarget,
} from '@tandem/call-state';
import type { ProviderError, ProviderErrorCategory } from '@tandem/contracts';
import { RealClock } from '@tandem/conversation';
import { RelayMetrics } from '../metrics/relay-metrics.ts';

const REFRESH_MS = 1_000;
/** Failures of one kind at one provider are told of once in this time: they come with every call. */
const WARN_INTERVAL_MS = 60_000;
const MAX_WARNED = 1_000;
const REMEDIES: Readonly<Record<ProviderErrorCategory, string>> = {
  authentication: 'its API key is refused; set a valid key (OPENAI_API_KEY)',
  quota: 'the account behind the API key has nothing left to spend; add credit or raise its limit',
  'rate-limit': 'the account has reached a limit; wait, or raise it',
  connectivity: 'it cannot be reached or does not answer; check the network and OPENAI_REALTIME_URL',
  'invalid-request': 'it refuses what it is asked; check the name of the model and the settings of the agent',
  server: 'it fails by itself; see its status page',
  unknown: 'it fails; see its documents for the code',
};
const LEVELS: Readonly<Record<CircuitState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/**
 * How the providers of voice models stand, for all calls of this relay; refreshed from Redis in the
 * background.
 */
@Injectable()
export class ProviderHealthMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ProviderHealthMonitor.name);
  private readonly registry: ProviderHealthRegistry;
  /** When each kind of failure was last told of, by the monotonic clock. */
  private readonly warned = new Map<string, number>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(ProviderStates) states: ProviderStates,
    @Inject(RelayMetrics) private readonly metrics: RelayMetrics,
  ) {
    this.registry = new ProviderHealthRegistry({
      states,
      clock: new RealClock(() => undefined),
      onFailure: (target, act, error) => this.warnOnce(target, act, error),
    });
  }

  healthOf(target: ProviderTarget): ProviderHealth {
    return this.registry.of(target);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.refresh(), REFRESH_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private warnOnce(target: ProviderTarget, act: string, { category, code, requestId }: ProviderError): void {
    this.metrics.counters.providerFailures.inc({ target, act, category });
    const kind = `${target} ${category}`;
    const now = performance.now();
    if (now - (this.warned.get(kind) ?? -Infinity) < WARN_INTERVAL_MS) return;
    if (this.warned.size >= MAX_WARNED) this.warned.clear();
    this.warned.set(kind, now);
    this.logger.warn(
      { target, act, category, code, requestId },
      `voice model failed; calls use the next rung of their agent's ladder while this lasts: ` +
        `${REMEDIES[category]}`,
    );
  }

  private async refresh(): Promise<void> {
    await this.registry.refresh();
    for (const [target, state] of this.registry.states)
      this.metrics.gauges.providerCircuits.set({ target }, LEVELS[state]);
  }
}
