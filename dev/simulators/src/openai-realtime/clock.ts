/** A pending timer. Cancelling one that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as the simulator sees it: real behind a socket, by hand in specs. The same shape as the conversation's
 * clock.
 */
export interface SimulatorClock {
  /** Monotonic ms from an arbitrary origin. */
  now(): number;
  /** Unix time in ms. */
  wallTime(): number;
  after(delayMs: number, run: () => void): Timer;
}

/** Longest delay `setTimeout` keeps; a longer one would fire at once. */
const MAX_DELAY_MS = 2_147_483_647;

export const realClock: SimulatorClock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  after(delayMs, run) {
    const handle = setTimeout(run, Math.min(Math.max(0, delayMs), MAX_DELAY_MS));
    return { cancel: () => clearTimeout(handle) };
  },
};
