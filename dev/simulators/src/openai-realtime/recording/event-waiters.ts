import type { RecordedEvent } from './recorded-event.ts';

interface Waiter {
  readonly predicate: (event: RecordedEvent) => boolean;
  readonly resolve: (event: RecordedEvent) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Waits for events of a session that have not come yet. */
export class EventWaiters {
  private readonly waiters = new Set<Waiter>();

  /** @param recent the events so far, for the message of a wait that is given up */
  constructor(private readonly recent: () => readonly RecordedEvent[]) {}

  /** Resolves with the next event that fits; rejects after `timeoutMs`. */
  next(predicate: (event: RecordedEvent) => boolean, timeoutMs: number): Promise<RecordedEvent> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.giveUp(waiter, `No event fits within ${timeoutMs} ms.`), timeoutMs);
      const waiter: Waiter = { predicate, resolve, reject, timer };
      this.waiters.add(waiter);
    });
  }

  tell(event: RecordedEvent): void {
    for (const waiter of [...this.waiters]) {
      if (!waiter.predicate(event)) continue;
      clearTimeout(waiter.timer);
      this.waiters.delete(waiter);
      waiter.resolve(event);
    }
  }

  /** No further event comes. */
  close(): void {
    for (const waiter of [...this.waiters]) this.giveUp(waiter, 'The session closed before an event fitted.');
  }

  private giveUp(waiter: Waiter, why: string): void {
    clearTimeout(waiter.timer);
    this.waiters.delete(waiter);
    const last = this.recent()
      .slice(-12)
      .map((event) => `${event.direction} ${event.type}`);
    waiter.reject(new Error(`${why} Last events: ${last.join(', ') || 'none'}.`));
  }
}
