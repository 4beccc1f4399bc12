/** Sums over the life of a session, kept whether or not its events are. */
export interface SessionCounters {
  eventsIn: number;
  eventsOut: number;
  appends: number;
  audioBytesIn: number;
  audioBytesOut: number;
  /** Client events refused, by code; `null` codes count as `none`. */
  refusals: Record<string, number>;
  /** Responses ended, by status. */
  responses: Record<string, number>;
  /** Events not sent because the session hangs. */
  suppressed: number;
  /** Number of recorded events dropped for newer ones. */
  droppedEvents: number;
  faults: number;
}

/** Returns counters at zero. */
export function newCounters(): SessionCounters {
  return {
    eventsIn: 0,
    eventsOut: 0,
    appends: 0,
    audioBytesIn: 0,
    audioBytesOut: 0,
    refusals: {},
    responses: {},
    suppressed: 0,
    droppedEvents: 0,
    faults: 0,
  };
}
