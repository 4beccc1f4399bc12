/**
 * What a check found: null when all is well, else one sentence on what is wrong. `unfit`: waiting does not
 * help, the service must not be given work as things are (a migration is missing), whatever the check's
 * weight.
 */
export type Finding = string | { readonly unfit: string } | null;
export type ReadinessCheck = () => Promise<Finding> | Finding;

/**
 * What a failing check does. `always`: the service is not ready. `start`: it is not ready until the check has
 * passed once; from then on it works without (callers get an answer when Redis is away) and says so beside
 * its readiness. `never`: it is only told.
 */
export type Weight = 'always' | 'start' | 'never';

export interface CheckState {
  readonly status: 'up' | 'down';
  readonly message?: string;
}

export interface ReadinessReport {
  readonly isReady: boolean;
  readonly checks: Readonly<Record<string, CheckState>>;
}

/** Probes commonly wait one second for the whole answer. */
const LIMIT_MS = 500;

/**
 * Whether this process is to be given work. Readiness decides over places behind a balancer, so it asks "is
 * an answer from here better than none", not "is everything there": what all replicas depend on would take
 * all of them out at once.
 */
export class Readiness {
  private readonly checks = new Map<string, { readonly check: ReadinessCheck; readonly weight: Weight }>();
  private readonly underWay = new Map<string, Promise<Finding>>();
  private readonly passed = new Set<string>();
  private isStopping = false;

  /** @param limitMs how long a check may take; one that takes longer has failed */
  constructor(private readonly limitMs = LIMIT_MS) {}

  register(name: string, check: ReadinessCheck, weight: Weight = 'always'): void {
    this.checks.set(name, { check, weight });
  }

  /** From here on never ready again. */
  stop(): void {
    this.isStopping = true;
  }

  get names(): string[] {
    return ['process', ...this.checks.keys()];
  }

  /** Runs all checks side by side, each within the limit. */
  async report(): Promise<ReadinessReport> {
    let isReady = !this.isStopping;
    const checks: Record<string, CheckState> = {
      process: this.isStopping ? { status: 'down', message: 'stopping' } : { status: 'up' },
    };
    const findings = await Promise.all(
      [...this.checks.keys()].map(async (name) => [name, await this.ask(name)] as const),
    );
    for (const [name, finding] of findings) {
      if (this.isBlocking(name, finding)) isReady = false;
      checks[name] =
        finding === null
          ? { status: 'up' }
          : { status: 'down', message: typeof finding === 'string' ? finding : finding.unfit };
    }
    return { isReady: isReady && !this.isStopping, checks };
  }

  private isBlocking(name: string, finding: Finding): boolean {
    if (finding === null) return false;
    if (typeof finding !== 'string') return true;
    const weight = this.checks.get(name)?.weight;
    return weight === 'always' || (weight === 'start' && !this.passed.has(name));
  }

  /**
   * A check that hangs is not started again beside itself: probes would pile up in the pool they ask about.
   */
  private async ask(name: string): Promise<Finding> {
    let running = this.underWay.get(name);
    if (!running) {
      running = this.run(name).finally(() => this.underWay.delete(name));
      this.underWay.set(name, running);
    }
    const { promise, resolve } = Promise.withResolvers<Finding>();
    const timer = setTimeout(() => resolve(`there was no answer within ${this.limitMs} ms`), this.limitMs);
    try {
      return await Promise.race([running, promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async run(name: string): Promise<Finding> {
    try {
      const finding = (await this.checks.get(name)?.check()) ?? null;
      if (finding === null) this.passed.add(name);
      return finding;
    } catch (error) {
      return error instanceof Error ? error.name : 'failed';
    }
  }
}
