import type { ProviderError } from '@tandem/contracts';
import type { Clock } from '@tandem/conversation';
import type { CircuitState, ProviderAct } from './provider-circuit.ts';
import type { ProviderStanding, ProviderStates, ProviderTarget } from './provider-state.ts';
import { ProviderHealth } from './provider-health.ts';

interface ProviderHealthOptions {
  /** Null for a process that knows only what it sees itself. */
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
  private readonly sights = new Map<ProviderTarget, ProviderHealth>();
  private underway = 0;

  constructor(private readonly options: ProviderHealthOptions) {}

  of(target: ProviderTarget): ProviderHealth {
    let sight = this.sights.get(target);
    if (sight) return sight;
    sight = new ProviderHealth(this.options.clock, {
      failed: (act, error) => {
        this.options.onFailure?.(target, act, error);
        this.report(target, (states) =>
          states.report(target, act, error.isPermanent ? 'failed-for-good' : 'failed'),
        );
      },
      succeeded: (act) => this.report(target, (states) => states.report(target, act, 'ok')),
    });
    if (this.sights.size >= MAX_TARGETS) this.sights.clear();
    this.sights.set(target, sight);
    return sight;
  }

  get states(): readonly (readonly [ProviderTarget, CircuitState])[] {
    return [...this.sights].map(([target, sight]) => [target, sight.state]);
  }

  /** Called about once a second. Never rejects. */
  async refresh(): Promise<void> {
    const { states } = this.options;
    if (!states || this.sights.size === 0) return;
    try {
      for (const [target, sight] of this.sights) {
        const budgets = sight.takeBudgets();
        if (budgets) await states.reportBudgets(target, budgets);
      }
      const targets = [...this.sights.keys()];
      for (const [index, standing] of (await states.read(targets)).entries())
        this.sights.get(targets[index] as string)?.share(standing);
    } catch {
      this.counters.unread += 1;
    }
  }

  private report(target: ProviderTarget, tell: (states: ProviderStates) => Promise<ProviderStanding>): void {
    const { states } = this.options;
    if (!states) return;
    if (this.underway >= MAX_UNDERWAY) {
      this.counters.unreported += 1;
      return;
    }
    this.underway += 1;
    void tell(states)
      .then((standing) => this.sights.get(target)?.share(standing))
      .catch(() => (this.counters.unreported += 1))
      .finally(() => (this.underway -= 1));
  }
}
