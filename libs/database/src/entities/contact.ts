import type {
  CallDirection,
  CallId,
  CallStatus,
  ConsentState,
  LeadStage,
  StaffMessageState,
  Urgency,
} from '@tandem/contracts';
import type { BookingStatus } from './business.entities.ts';

/** A phone number or e-mail address of a contact. */
export interface ContactPoint {
  /** E.164, or an address in lower case. */
  readonly value: string;
  readonly label: string;
  readonly isPrimary: boolean;
}

export interface Contact {
  readonly id: string;
  /** The primary number, E.164. */
  readonly phone: string;
  /** The primary number first. */
  readonly phones: readonly ContactPoint[];
  readonly name: string | null;
  /** The primary address. */
  readonly email: string | null;
  readonly emails: readonly ContactPoint[];
  readonly notes: string;
  /** BCP 47. */
  readonly language: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Fields to change: absent fields stay, null empties. */
export interface ContactChange {
  /** Replaces the primary number. */
  readonly phone?: string | undefined;
  /** Replaces all numbers; one is primary. */
  readonly phones?: readonly ContactPoint[] | undefined;
  readonly name?: string | null | undefined;
  /** Replaces the primary address. */
  readonly email?: string | null | undefined;
  /** Replaces all addresses; one is primary, unless there is none. */
  readonly emails?: readonly ContactPoint[] | undefined;
  readonly notes?: string | undefined;
  readonly language?: string | null | undefined;
}

export interface ContactFilter {
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  /** Beginning of the name, in any case. */
  readonly name?: string | undefined;
}

export interface ContactConsent {
  readonly state: ConsentState;
  readonly source: string;
  readonly at: Date;
  readonly callId: CallId | null;
}

interface Entry {
  readonly id: string;
  /** When it began or was made. */
  readonly at: Date;
  /** The tenant's, IANA name. */
  readonly timeZone: string;
}

/** Something that happened with a contact. */
export type ContactHistoryEntry = Entry &
  (
    | {
        readonly kind: 'call';
        readonly detail: {
          readonly direction: CallDirection;
          readonly status: CallStatus;
          readonly durationMs: number | null;
          readonly outcome: string | null;
        };
      }
    | {
        readonly kind: 'booking';
        readonly detail: {
          readonly reference: string;
          /** A hold is no part of it. */
          readonly status: Extract<BookingStatus, 'booked' | 'cancelled'>;
          readonly service: string;
          readonly startMs: number;
        };
      }
    | {
        readonly kind: 'lead';
        readonly detail: {
          readonly summary: string;
          readonly stage: LeadStage;
          readonly urgency: Urgency;
        };
      }
    | {
        readonly kind: 'staff-message';
        readonly detail: {
          readonly body: string;
          readonly state: StaffMessageState;
          readonly urgency: Urgency;
          readonly callbackWanted: boolean;
        };
      }
  );
