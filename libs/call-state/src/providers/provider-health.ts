import type { ProviderError } from '@tandem/contracts';
import type { Clock } from '@tandem/conversation';
import { Circuit, type CircuitState, type ProviderAct } from './provider-circuit.ts';
import { scarceForMs, type ProviderBudget, type ProviderState } from './provider-state.ts';

/** The kind of attempt; see the models' ProviderHealth, which {@link ProviderHealth} implements. */
type AttemptKind = 'new-call' | 'running-call' | 'open-again' | 'answer-again';

/** Share of retries among all requests: at most 1.2 requests for each one wanted. */
const REPETITION_SHARE = 1 / 6;
/** The most retries a relay saves up. */
const REPETITIONS_SAVED = 3;
/** A probe without a result after this time counts as lost. */
const PROBE_PATIENCE_MS = 3_000;
/** A shared state read longer ago than this is ignored. */
const STALE_MS = 5_000;

interface ProviderHealthEvents {
  failed(act: ProviderAct, error: ProviderError): void;
  succeeded(act: ProviderAct): void;
}

/** The health of one provider, for this process. */
export class ProviderHealth {
  private readonly circuit = new Circuit();
  private readonly repetitions: Record<ProviderAct, number> = {
    open: REPETITIONS_SAVED,
    answer: REPETITIONS_SAVED,
  };
  private shared: ProviderState | null = null;
  private sharedAt = 0;
  private limitedUntil = 0;
  private probingUntil = 0;
  private budgets: readonly ProviderBudget[] | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly events: ProviderHealthEvents,
  ) {}

  get state(): CircuitState {
    const now = this.clock.now();
    const own = this.circuit.stateAt(now);
    const others = this.othersSay(now);
    return own === 'open' || others === 'open'
      ? 'open'
      : own === 'half-open' || others === 'half-open'
        ? 'half-open'
        : 'closed';
  }

  allows(kind: AttemptKind): boolean {
    const { state } = this;
    if (state === 'open') return false;
    if (kind === 'open-again' || kind === 'answer-again')
      return state === 'closed' && this.takeRepetition(kind === 'open-again' ? 'open' : 'answer');
    if (state === 'closed') return kind === 'running-call' || !this.isLimited;
    const now = this.clock.now();
    if (now < this.probingUntil) return false;
    this.probingUntil = now + PROBE_PATIENCE_MS;
    return true;
  }

  openSucceeded(): void {
    this.succeeded('open');
  }

  responseSucceeded(): void {
    this.succeeded('answer');
  }

  openFailed(error: ProviderError): void {
    this.failed('open', error);
  }

  responseFailed(error: ProviderError): void {
    this.failed('answer', error);
  }

  /** Records the remaining budgets the provider has reported. */
  limits(budgets: readonly ProviderBudget[]): void {
    this.budgets = budgets;
    this.limitedUntil = this.clock.now() + scarceForMs(budgets);
  }

  /** Returns the budgets to report to all processes, once; null when none are new. */
  takeBudgets(): readonly ProviderBudget[] | null {
    const { budgets } = this;
    this.budgets = null;
    return budgets;
  }

  /** Takes the state shared by all processes. */
  share(state: ProviderState): void {
    this.shared = state;
    this.sharedAt = this.clock.now();
  }

  /**
   * Returns the state according to all processes. It is half-open for a while after its time is over, as
   * Redis may be away.
   */
  private othersSay(now: number): CircuitState {
    const { shared, sharedAt } = this;
    if (!shared || shared.state === 'closed') return 'closed';
    const age = now - sharedAt;
    if (age < shared.openForMs) return 'open';
    return age < shared.openForMs + STALE_MS ? 'half-open' : 'closed';
  }

  private get isLimited(): boolean {
    const now = this.clock.now();
    return now < this.limitedUntil || now - this.sharedAt < (this.shared?.limitedForMs ?? 0);
  }

  private succeeded(act: ProviderAct): void {
    const isOfInterest =
      !this.circuit.isClean ||
      (this.shared !== null && (this.shared.state !== 'closed' || this.shared.failures > 0));
    this.probingUntil = 0;
    this.earnRepetition(act);
    this.circuit.succeeded(act, this.clock.now());
    if (isOfInterest) this.events.succeeded(act);
  }

  /** An invalid request of ours does not count against the provider. */
  private failed(act: ProviderAct, error: ProviderError): void {
    this.probingUntil = 0;
    this.earnRepetition(act);
    if (error.category === 'invalid-request') return;
    this.circuit.failed(act, this.clock.now(), error.isPermanent);
    this.events.failed(act, error);
  }

  private takeRepetition(act: ProviderAct): boolean {
    if (this.repetitions[act] < 1) return false;
    this.repetitions[act] -= 1;
    return true;
  }

  private earnRepetition(act: ProviderAct): void {
    this.repetitions[act] = Math.min(REPETITIONS_SAVED, this.repetitions[act] + REPETITION_SHARE);
  }
}
