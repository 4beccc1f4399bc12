import type { ProviderError } from '@tandem/contracts';
import type { Clock } from '@tandem/conversation';
import type { CircuitState, ProviderAct } from './provider-circuit.ts';
import type { ProviderState, ProviderStates, ProviderTarget } from './provider-state.ts';
import { ProviderHealth } from './provider-health.ts';

interface ProviderHealthOptions {
  /** The shared state; null for a process that uses its own calls only. */
  readonly states: ProviderStates | null;
  readonly clock: Clock;
  readonly onFailure?: (target: ProviderTarget, act: ProviderAct, error: ProviderError) => void;
}

const MAX_TARGETS = 100;
/** Reports under way to Redis; further ones stay in this process. */
const MAX_UNDERWAY = 64;

/**
 * The health of providers, for one process: from its own calls, at once, and from the state all processes
 * share, refreshed in the background. Reads come from memory; without Redis the shared state is missing, and
 * nothing waits.
 */
export class ProviderHealthRegistry {
  readonly counters = { unreported: 0, unread: 0 };
  private readonly providers = new Map<ProviderTarget, ProviderHealth>();
  private underway = 0;

  constructor(private readonly options: ProviderHealthOptions) {}

  of(target: ProviderTarget): ProviderHealth {
    let provider = this.providers.get(target);
    if (provider) return provider;
    provider = new ProviderHealth(this.options.clock, {
      failed: (act, error) => {
        this.options.onFailure?.(target, act, error);
        this.report(target, (states) =>
          states.report(target, act, error.isPermanent ? 'failed-for-good' : 'failed'),
        );
      },
      succeeded: (act) => this.report(target, (states) => states.report(target, act, 'ok')),
    });
    if (this.providers.size >= MAX_TARGETS) this.providers.clear();
    this.providers.set(target, provider);
    return provider;
  }

  get states(): readonly (readonly [ProviderTarget, CircuitState])[] {
    return [...this.providers].map(([target, provider]) => [target, provider.state]);
  }

  /** Called about once a second. Never rejects. */
  async refresh(): Promise<void> {
    const { states } = this.options;
    if (!states || this.providers.size === 0) return;
    try {
      for (const [target, provider] of this.providers) {
        const budgets = provider.takeBudgets();
        if (budgets) await states.reportBudgets(target, budgets);
      }
      const targets = [...this.providers.keys()];
      for (const [index, state] of (await states.read(targets)).entries())
        this.providers.get(targets[index] as string)?.share(state);
    } catch {
      this.counters.unread += 1;
    }
  }

  private report(target: ProviderTarget, tell: (states: ProviderStates) => Promise<ProviderState>): void {
    const { states } = this.options;
    if (!states) return;
    if (this.underway >= MAX_UNDERWAY) {
      this.counters.unreported += 1;
      return;
    }
    this.underway += 1;
    void tell(states)
      .then((state) => this.providers.get(target)?.share(state))
      .catch(() => (this.counters.unreported += 1))
      .finally(() => (this.underway -= 1));
  }
}
