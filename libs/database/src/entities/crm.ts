import type { CrmEventType, CrmKind, TenantId } from '@tandem/contracts';
import type { ClaimedDelivery, Delivery, FailedTry } from './delivery.ts';

export interface CrmConnection {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly kind: CrmKind;
  readonly name: string;
  readonly events: readonly CrmEventType[];
  readonly settings: unknown;
  readonly hasCredentials: boolean;
  readonly isEnabled: boolean;
  /** Nothing is pushed until then; null when it is not paused. */
  readonly pausedUntil: Date | null;
  /** Attempts in a row that did not reach the CRM, or that it did not let in. */
  readonly failures: number;
  readonly lastFault: string | null;
  /** The CRM's words, cut. */
  readonly lastDetail: string | null;
  readonly lastFaultAt: Date | null;
  readonly lastDeliveredAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly pending: number;
  readonly delivered: number;
  readonly dead: number;
}

export interface CrmConnectionFields {
  readonly kind: CrmKind;
  readonly name: string;
  readonly events: readonly CrmEventType[];
  readonly settings: object;
  readonly isEnabled: boolean;
  /** Null for a kind without credentials of its own. */
  readonly sealedCredentials: string | null;
}

/** Absent fields stay as they are. */
export type CrmConnectionChange = {
  readonly [Field in keyof Omit<CrmConnectionFields, 'kind'>]?: CrmConnectionFields[Field] | undefined;
};

/** One attempt at one delivery to a CRM, claimed by one worker. */
export type ClaimedCrmDelivery = Pick<ClaimedDelivery, 'eventId' | 'tenantId' | 'attempt' | 'event'> & {
  readonly connectionId: string;
  readonly kind: CrmKind;
  readonly settings: unknown;
  readonly sealedCredentials: string | null;
  /** When an operator last changed the connection. */
  readonly changedAt: Date;
  /** A later event about the same record is in the CRM already. */
  readonly isSuperseded: boolean;
};

/** How an attempt to push failed. */
export interface FailedPush extends FailedTry {
  /** The CRM's words, cut; null without any. */
  readonly detail: string | null;
  /** The attempt says nothing about the event, so it is not counted. */
  readonly isUncounted: boolean;
}

export type CrmDelivery = Delivery & { readonly lastDetail: string | null };
