/**
 * `needs-authorization`: nothing works until somebody authorizes again. `unavailable`: the same request may
 * work later. `refused`: the calendar does not take this request.
 */
export type CalendarFaultKind = 'needs-authorization' | 'unavailable' | 'refused';

/** A request to a calendar that failed. The code is short, stable and free of personal data. */
export class CalendarFault extends Error {
  override readonly name = 'CalendarFault';

  constructor(
    readonly kind: CalendarFaultKind,
    readonly code: string,
    /** How long the calendar wants to be left alone; null when it does not say. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(`The calendar did not do it: ${code}.`);
  }
}
