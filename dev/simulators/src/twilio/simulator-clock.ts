export interface SimulatorTimer {
  cancel(): void;
}

/** Time, as the simulator sees it: real in use, by hand in specs about pacing. */
export interface SimulatorClock {
  /** Monotonic ms from an arbitrary origin. */
  now(): number;
  /** Unix time in ms. */
  wallTime(): number;
  after(delayMs: number, run: () => void): SimulatorTimer;
}

export const realClock: SimulatorClock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  after(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};
