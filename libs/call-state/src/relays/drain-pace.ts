/** How a relay that stops hands its calls over. Times in milliseconds. */
export const DRAIN_PACE = {
  pollMs: 100,
  /** Interval at which the free capacity of the other relays is read. */
  capacityRefreshMs: 1_000,
  /** Handovers started at a time, so that the other relays are not flooded. */
  movesPerPoll: 10,
  /** After this long without a pause a call is handed over in mid-turn; the other relay resumes the turn. */
  maxWaitForPauseMs: 15_000,
} as const;
