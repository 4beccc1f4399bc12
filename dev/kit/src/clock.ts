/** A pending timer. Cancelling one that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time behind an interface: the system's in use, {@link ManualClock} in specs. */
export interface Clock {
  /** Monotonic ms from an arbitrary origin. */
  now(): number;
  /** Unix time in ms. */
  wallTime(): number;
  after(delayMs: number, run: () => void): Timer;
}

/** Longest delay `setTimeout` accepts; a longer one would fire at once. */
const MAX_DELAY_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  after(delayMs, run) {
    const handle = setTimeout(run, Math.min(Math.max(0, delayMs), MAX_DELAY_MS));
    return { cancel: () => clearTimeout(handle) };
  },
};
