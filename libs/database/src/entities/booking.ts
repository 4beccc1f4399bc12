import type { CallId, TenantId, ToolCallId } from '@tandem/contracts';
import type { BookingStatus } from './business.entities.ts';

export interface Booking {
  readonly id: string;
  readonly reference: string;
  readonly status: BookingStatus;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** The tenant's, IANA name. */
  readonly timeZone: string;
  readonly serviceId: string;
  readonly service: { readonly key: string; readonly name: string };
  readonly resource: { readonly id: string; readonly name: string };
  /** The zone it was asked for. */
  readonly zoneId: string | null;
  readonly zone: { readonly key: string; readonly name: string } | null;
  readonly contact: { readonly id: string; readonly phone: string; readonly name: string | null } | null;
  /** The person it is for, as it was said when booking. */
  readonly name: string | null;
  readonly notes: string;
  readonly callId: CallId | null;
  /** The caller of the call it was made in, as that is on record: null without one and until then. */
  readonly caller: { readonly number: string; readonly attestation: string | null } | null;
  readonly createdAt: Date;
  readonly cancelledAt: Date | null;
  /** The end of a hold; null once it is booked, and for what never was one. */
  readonly holdExpiresAt: Date | null;
  readonly seriesId: string | null;
}

/** A wanted appointment, with the resources that could take it. */
export interface WantedTime {
  /** Tried in this order. Their hours and skills have been checked. */
  readonly resourceIds: readonly string[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** The appointment with the buffers of its service. */
  readonly occupiedFrom: Date;
  readonly occupiedUntil: Date;
  /** The booking being moved; ignored in the conflict check. */
  readonly movedId?: string;
}

export interface BookingRequest extends WantedTime {
  readonly tenantId: TenantId;
  readonly serviceId: string;
  /** The zone it was asked for. */
  readonly zoneId?: string | null;
  /** E.164; the contact is created if the tenant has none with it. */
  readonly contactPhone: string | null;
  readonly name: string | null;
  readonly notes: string;
  readonly callId: CallId | null;
  readonly toolCallId: ToolCallId | null;
  /** Held for this time instead of booked. */
  readonly holdSeconds?: number | null;
  readonly seriesId?: string | null;
}

export interface BookingMove extends WantedTime {
  readonly tenantId: TenantId;
  readonly id: string;
}

export interface BookingOfCall {
  readonly reference: string;
  readonly toolCallId: ToolCallId | null;
}

/** The identity of a booking within a call: two requests that agree in it are one booking. */
export interface BookingIdentity {
  readonly tenantId: TenantId;
  readonly callId: CallId;
  readonly serviceKey: string;
  readonly startsAt: Date;
  /** Name of the person it is for; null for the caller. */
  readonly name: string | null;
}

export interface BookingFilter {
  readonly contactPhone?: string | undefined;
  readonly reference?: string | undefined;
  readonly status?: BookingStatus | undefined;
  readonly seriesId?: string | undefined;
  /** Starting at or after. */
  readonly from?: Date | undefined;
  /** Starting before. */
  readonly until?: Date | undefined;
}
