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
/** Failures of one kind at one provider come with every call; one warning in this time is enough. */
const WARN_INTERVAL_MS = 60_000;
const MAX_WARNED = 1_000;
const REMEDIES: Readonly<Record<ProviderErrorCategory, string>> = {
  authentication: 'API key refused; set a valid key (OPENAI_API_KEY)',
  quota: 'account of the API key out of credit; add credit or raise its limit',
  'rate-limit': 'rate limit of the account reached; wait, or raise it',
  connectivity: 'provider unreachable or unresponsive; check the network and OPENAI_REALTIME_URL',
  'invalid-request': 'request refused; check the name of the model and the settings of the agent',
  server: 'server error of the provider; see its status page',
  unknown: 'unknown error; look its code up in the documents of the provider',
};
const LEVELS: Readonly<Record<CircuitState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/**
 * Health of the voice model providers for all calls of this relay, refreshed from Redis in the background.
 */
@Injectable()
export class ProviderHealthMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ProviderHealthMonitor.name);
  private readonly registry: ProviderHealthRegistry;
  /** When each kind of failure was last warned of, by the monotonic clock. */
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
      `voice model failed; calls use the next fallback of their agent while this lasts: ` +
        `${REMEDIES[category]}`,
    );
  }

  private async refresh(): Promise<void> {
    await this.registry.refresh();
    for (const [target, state] of this.registry.states)
      this.metrics.gauges.providerCircuits.set({ target }, LEVELS[state]);
  }
}
