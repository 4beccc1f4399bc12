/** The kind of attempt: to open a session, or to get a response. */
export type ProviderAct = 'open' | 'answer';
export type CircuitState = 'closed' | 'half-open' | 'open';

export interface CircuitRules {
  /** Number of failures that open the circuit; a success halves the count. */
  readonly threshold: number;
  /** How long a failure counts after the last one. */
  readonly windowMs: number;
  /** How long the circuit stays open; doubled each time a probe fails, up to `longestOpenMs`. */
  readonly openMs: number;
  readonly longestOpenMs: number;
}

/**
 * Ten failures in a row, or many among few successes, open the circuit; the provider is tried again after 10
 * s, then every 20 s.
 */
export const CIRCUIT_RULES: CircuitRules = {
  threshold: 10,
  windowMs: 10_000,
  openMs: 10_000,
  longestOpenMs: 20_000,
};

/**
 * One provider's circuit as one process sees it. Failures to open a session and to get a response are counted
 * apart, because a provider may refuse new sessions and serve the old ones well. The script of
 * provider-report.ts counts the same for all processes.
 */
export class Circuit {
  private readonly failures: Record<ProviderAct, number> = { open: 0, answer: 0 };
  private failedAt = Number.NEGATIVE_INFINITY;
  private openUntil = 0;
  private openedBy: ProviderAct = 'open';
  private trips = 0;

  constructor(private readonly rules: CircuitRules = CIRCUIT_RULES) {}

  stateAt(now: number): CircuitState {
    if (this.openUntil === 0) return 'closed';
    return now < this.openUntil ? 'open' : 'half-open';
  }

  /** No failure counts, and the circuit is closed. */
  get isClean(): boolean {
    return this.openUntil === 0 && this.failures.open + this.failures.answer === 0;
  }

  succeeded(act: ProviderAct, now: number): void {
    this.failures[act] = Math.floor(this.failures[act] / 2);
    if (this.stateAt(now) !== 'half-open' || act !== this.openedBy) return;
    this.openUntil = 0;
    this.trips = 0;
    this.failures.open = 0;
    this.failures.answer = 0;
  }

  /** @param isPermanent one such failure opens the circuit: the next attempt would fail the same way */
  failed(act: ProviderAct, now: number, isPermanent: boolean): void {
    const state = this.stateAt(now);
    if (state === 'open') return;
    if (now - this.failedAt > this.rules.windowMs) this.failures[act] = 0;
    this.failedAt = now;
    this.failures[act] += isPermanent ? this.rules.threshold : 1;
    if (state === 'closed' && this.failures[act] < this.rules.threshold) return;
    this.openUntil = now + Math.min(this.rules.longestOpenMs, this.rules.openMs * 2 ** this.trips);
    this.trips += 1;
    this.openedBy = act;
    this.failures[act] = 0;
  }
}
