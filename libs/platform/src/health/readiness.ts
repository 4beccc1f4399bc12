/**
 * The result of a check: null when it passes, else one sentence on what is wrong. `unfit`: waiting does not
 * help (a migration is missing), and the service is not ready, whatever the check's weight.
 */
export type Finding = string | { readonly unfit: string } | null;
export type ReadinessCheck = () => Promise<Finding> | Finding;

/**
 * The effect of a failing check. `always`: the service is not ready. `start`: it is not ready until the check
 * has passed once; from then on it works without (callers are still answered when Redis is away), and the
 * check is only reported. `never`: the check is only reported.
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

/** Time limit of a check; probes commonly wait one second for the whole response. */
const LIMIT_MS = 500;

/**
 * Decides whether this process is ready for work. A load balancer removes a process that is not, so readiness
 * means "a response from here is better than none", not "every dependency is up": a dependency that all
 * replicas share would remove all of them at once.
 */
export class Readiness {
  private readonly checks = new Map<string, { readonly check: ReadinessCheck; readonly weight: Weight }>();
  private readonly underWay = new Map<string, Promise<Finding>>();
  private readonly passed = new Set<string>();
  private isStopping = false;

  /** @param limitMs a check that takes longer has failed */
  constructor(private readonly limitMs = LIMIT_MS) {}

  register(name: string, check: ReadinessCheck, weight: Weight = 'always'): void {
    this.checks.set(name, { check, weight });
  }

  /** Makes the process not ready for good. */
  stop(): void {
    this.isStopping = true;
  }

  get names(): string[] {
    return ['process', ...this.checks.keys()];
  }

  /** Runs all checks concurrently, each within the limit. */
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
   * Runs a check within the limit. A check that hangs is not started a second time: probes would exhaust the
   * pool they check.
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
