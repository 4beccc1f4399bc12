import type { Clock, Timer } from './clock.ts';

/**
 * Real time. An error in a timer's callback goes to `onError` instead of ending the process and its calls.
 */
export class RealClock implements Clock {
  constructor(private readonly onError: (error: unknown) => void) {}

  now(): number {
    return performance.now();
  }

  wallTime(): number {
    return Date.now();
  }

  after(delayMs: number, run: () => void): Timer {
    const handle = setTimeout(() => {
      try {
        run();
      } catch (error) {
        this.onError(error);
      }
    }, delayMs);
    return { cancel: () => clearTimeout(handle) };
  }
}
