import type { BookingTexts, CallId, TenantId } from '@tandem/contracts';
import type { WaitingListRow } from './calendar.entities.ts';

/**
 * `expired`: the offer was not taken in time, or the last day is over. `cancelled` also when the hold that
 * was offered was given up.
 */
export type WaitingStatus = 'waiting' | 'offered' | 'booked' | 'expired' | 'cancelled';

/** A person who waits for an appointment. */
export interface WaitingEntry {
  readonly id: string;
  readonly status: WaitingStatus;
  readonly serviceId: string;
  readonly service: { readonly key: string; readonly name: string };
  readonly resource: { readonly id: string; readonly name: string } | null;
  readonly zoneId: string | null;
  /** The zone that resources must go to. */
  readonly zone: { readonly key: string; readonly name: string } | null;
  readonly contact: { readonly id: string; readonly phone: string; readonly name: string | null };
  readonly name: string | null;
  readonly notes: string;
  readonly fromDate: string;
  readonly untilDate: string;
  readonly partOfDay: WaitingListRow['partOfDay'];
  /** The hold that was offered, or the booking it became. */
  readonly bookingId: string | null;
  readonly offeredAt: Date | null;
  readonly callId: CallId | null;
  readonly createdAt: Date;
}

export interface NewWaitingEntry {
  readonly tenantId: TenantId;
  readonly serviceId: string;
  readonly resourceId: string | null;
  readonly zoneId: string | null;
  readonly contactPhone: string;
  readonly name: string | null;
  readonly notes: string;
  readonly fromDate: string;
  readonly untilDate: string;
  readonly partOfDay: WaitingListRow['partOfDay'];
  readonly callId: CallId | null;
}

/** Absent fields stay. */
export interface WaitingChange {
  readonly resourceId?: string | null | undefined;
  readonly zoneId?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly notes?: string | undefined;
  readonly fromDate?: string | undefined;
  readonly untilDate?: string | undefined;
  readonly partOfDay?: WaitingListRow['partOfDay'] | undefined;
}

export interface WaitingFilter {
  readonly status?: WaitingStatus | undefined;
  readonly serviceKey?: string | undefined;
  readonly contactPhone?: string | undefined;
}

/** A time of a resource that became free. */
export interface FreedTime {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly resourceId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Offers of it that failed. */
  readonly attempts: number;
}

/** The terms of an offer to a person of the waiting list. */
export interface OfferTerms {
  readonly companyName: string;
  readonly language: string | null;
  readonly offerMinutes: number;
  readonly texts: BookingTexts;
  /** The number a text message comes from; null when there is none. */
  readonly smsNumber: string | null;
  /** Whether the person stated that they want no text messages. */
  readonly isDenied: boolean;
}
