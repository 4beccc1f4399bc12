import type { CallId, TenantId, ToolCallId } from '@tandem/contracts';
import type { BookingStatus } from '../../entities/business.entities.ts';

export interface Booking {
  readonly id: string;
  readonly reference: string;
  readonly status: BookingStatus;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** The tenant's, IANA name. */
  readonly timeZone: string;
  readonly service: { readonly key: string; readonly name: string };
  readonly resource: { readonly id: string; readonly name: string };
  readonly contact: { readonly id: string; readonly phone: string; readonly name: string | null } | null;
  /** Who it is for, in the words of whoever booked. */
  readonly name: string | null;
  readonly notes: string;
  readonly callId: CallId | null;
  readonly createdAt: Date;
  readonly cancelledAt: Date | null;
}

/** A time wanted of one of several people. */
export interface WantedTime {
  /** Whom to ask, in this order. Their hours and skills are the caller's business. */
  readonly resourceIds: readonly string[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** The booking that is not in its own way. */
  readonly id?: string;
}

export interface BookingRequest extends WantedTime {
  readonly tenantId: TenantId;
  readonly serviceId: string;
  /** E.164; the contact is made if the tenant has none with it. */
  readonly contactPhone: string | null;
  readonly name: string | null;
  readonly notes: string;
  readonly callId: CallId | null;
  readonly toolCallId: ToolCallId | null;
}

export interface BookingMove extends WantedTime {
  readonly tenantId: TenantId;
  readonly id: string;
}

export interface BookingOfCall {
  readonly reference: string;
  readonly toolCallId: ToolCallId | null;
}

/** What makes two askings of one call the same booking. */
export interface BookingIdentity {
  readonly tenantId: TenantId;
  readonly callId: CallId;
  readonly serviceKey: string;
  readonly startsAt: Date;
  /** Null for the caller. */
  readonly name: string | null;
}

export interface BookingFilter {
  readonly contactPhone?: string | undefined;
  readonly status?: BookingStatus | undefined;
  /** Starting at or after. */
  readonly from?: Date | undefined;
  /** Starting before. */
  readonly until?: Date | undefined;
}
