import type { TenantId } from '@tandem/contracts';
import type { BookingInCalendar } from '../queries/calendars/shown-bookings.ts';
import type { CalendarDetailLevel } from './connected-calendar.entities.ts';

/** A connected calendar that one worker has for a while. */
export interface ClaimedCalendar {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly resourceId: string;
  readonly kind: string;
  readonly address: string;
  readonly detail: CalendarDetailLevel;
  readonly sealedCredentials: string;
  /** Turns in a row that failed. */
  readonly failures: number;
  readonly isReadDue: boolean;
  /** The tenant's, IANA name. */
  readonly timeZone: string;
  readonly horizonDays: number;
}

/** An event that a connected calendar should have, or should not have any more. */
export interface DueCalendarEvent {
  readonly bookingId: string;
  readonly isWanted: boolean;
  readonly revision: number;
  readonly attempts: number;
  readonly remoteId: string | null;
  readonly remoteTag: string | null;
  readonly booking: BookingInCalendar;
}

/** A busy time of a connected calendar; Unix time in ms. */
export interface CalendarBusyTime {
  readonly startMs: number;
  readonly endMs: number;
}

export interface CalendarBacklog {
  readonly needingAuthorization: number;
  readonly failing: number;
  readonly pendingEvents: number;
  /** The time since the busy times of the calendar that was read longest ago were read; 0 without one. */
  readonly oldestReadS: number;
}
