/** A pending timer. Cancelling one that has fired or was cancelled does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Time, as the conversation sees it: real in the relay, manual in tests.
 * Callbacks run on a later tick, never inside `after`; a throw inside one must not reach another timer.
 */
export interface Clock {
  /** Monotonic ms from an arbitrary origin; for durations. */
  now(): number;
  /** Unix time in ms; for records. */
  wallTime(): number;
  after(delayMs: number, run: () => void): Timer;
}
