/** Says null when all is well, else one sentence on what is wrong. */
export type ReadinessCheck = () => Promise<string | null> | string | null;

/** What must hold before this process is given work. Draining is a check like any other. */
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private isStopping = false;

  register(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** From here on never ready again. */
  stop(): void {
    this.isStopping = true;
  }

  get names(): string[] {
    return ['process', ...this.checks.keys()];
  }

  async check(name: string): Promise<string | null> {
    if (name === 'process') return this.isStopping ? 'stopping' : null;
    const check = this.checks.get(name);
    if (!check) return null;
    try {
      return await check();
    } catch (error) {
      return error instanceof Error ? error.name : 'failed';
    }
  }
}
