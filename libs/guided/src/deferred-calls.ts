import type { Clock, Timer } from '@tandem/conversation';

/** Calls to a listener, in order, each on a later turn of the event loop than the one that caused it. */
export class DeferredCalls {
  private queue: (() => void)[] = [];
  private timer: Timer | null = null;
  private isClosed = false;

  constructor(private readonly clock: Clock) {}

  push(call: () => void): void {
    if (this.isClosed) return;
    this.queue.push(call);
    this.timer ??= this.clock.after(0, this.deliver);
  }

  /** Drops the waiting calls, delivers `last`, and nothing after it. */
  close(last: () => void): void {
    if (this.isClosed) return;
    this.queue = [];
    this.push(last);
    this.isClosed = true;
  }

  private readonly deliver = (): void => {
    this.timer = null;
    const calls = this.queue;
    this.queue = [];
    try {
      for (let call = calls.shift(); call; call = calls.shift()) call();
    } finally {
      // A listener that throws must not stop the calls behind it.
      this.queue.unshift(...calls);
      if (this.queue.length > 0) this.timer ??= this.clock.after(0, this.deliver);
    }
  };
}
