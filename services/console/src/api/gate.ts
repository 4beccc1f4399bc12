/** The need of a request that waits: a sign-in, or the password once more before a change of access. */
export type Demand = 'sign-in' | 'confirm';

/**
 * Requests that were refused for want of a session wait here until the dialog is done, then go on. Forms keep
 * what was typed, since nothing was taken away.
 */
export class Gate {
  demand: Demand | null = null;
  private waiting: ((isOpen: boolean) => void)[] = [];
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): Demand | null => this.demand;

  /** Returns whether the request may be sent again. */
  wait(demand: Demand): Promise<boolean> {
    // A session that has ended comes before a password asked once more.
    if (this.demand !== 'sign-in') this.set(demand);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Ends the wait of all requests. */
  settle(isOpen: boolean): void {
    const waiting = this.waiting;
    this.waiting = [];
    this.set(null);
    for (const resolve of waiting) resolve(isOpen);
  }

  private set(demand: Demand | null): void {
    this.demand = demand;
    for (const listener of this.listeners) listener();
  }
}

export const gate = new Gate();
