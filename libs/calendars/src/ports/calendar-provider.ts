import type { CalendarEvent } from '../calendar-event.ts';

/** A time in which a calendar says its owner is busy; Unix time in ms, the end not included. */
export interface BusyTime {
  readonly startMs: number;
  readonly endMs: number;
  /** The booking that the event was written for; null for an event of others. */
  readonly bookingId: string | null;
}

export interface CalendarRange {
  /** Unix time in ms. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** An event as the calendar has it; null where it is not known. */
export interface WrittenEvent {
  /** Its id or address there. */
  readonly remoteId: string | null;
  /** Its version there. */
  readonly tag: string | null;
}

/**
 * One calendar outside of Tandem. Writing is idempotent: an event has one id for ever, made from that of its
 * booking, so that a request whose answer was lost can be sent again.
 */
export interface CalendarProvider {
  /** Returns the busy times that lie in part in the range. @throws CalendarFault */
  busy(range: CalendarRange): Promise<BusyTime[]>;
  /** Adds the event, or replaces it. @throws CalendarFault */
  put(event: CalendarEvent, written: WrittenEvent): Promise<WrittenEvent>;
  /** Deletes the event; one that is not there is deleted already. @throws CalendarFault */
  remove(bookingId: string, written: WrittenEvent): Promise<void>;
}
