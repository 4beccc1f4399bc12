import type { EventSubject, TenantId } from '@tandem/contracts';

/** One attempt at one delivery, claimed by one worker. */
export interface ClaimedDelivery {
  readonly endpointId: string;
  readonly eventId: string;
  readonly tenantId: TenantId;
  /** 1 for the first one. */
  readonly attempt: number;
  readonly url: string;
  readonly sealedSecret: string;
  /** Signs as well; null when there is none, or its time is over. */
  readonly previousSealedSecret: string | null;
  /** JSON of the headers its owner wants added; null for none. */
  readonly sealedHeaders: string | null;
  readonly event: {
    readonly type: string;
    readonly subject: EventSubject;
    readonly sequence: number;
    readonly data: unknown;
    readonly createdAt: Date;
  };
}

export type DeliveryState = 'pending' | 'delivered' | 'dead';

export interface Delivery {
  readonly eventId: string;
  readonly type: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** When it is attempted next; null when it is not. */
  readonly nextAttemptAt: Date | null;
  /** HTTP status of the last response; null when there was none. */
  readonly lastStatus: number | null;
  /** Why the last attempt failed, as a word. */
  readonly lastFault: string | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

/** The events to deliver again. Times are of the event itself; `to` is not included. */
export interface ReplayRequest {
  readonly eventIds?: readonly string[] | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

export interface ReplayResult {
  readonly replayed: number;
  /** Chosen events that are pending anyway. */
  readonly alreadyPending: number;
  /** Chosen ids without an event for this endpoint: never subscribed to, or purged. */
  readonly unknown: number;
}

/** How an attempt failed. */
export interface FailedTry {
  readonly status: number | null;
  readonly fault: string;
  /** Null to give the delivery up. */
  readonly retryAfterMs: number | null;
}

/** The deliveries a worker can take. */
export interface DeliveryClaim {
  /** Requests the worker can start now, out of its `places`. */
  readonly free: number;
  readonly places: number;
  readonly perEndpoint: number;
  /** Deliveries under way in this worker, by endpoint. */
  readonly underWay: ReadonlyMap<string, number>;
  readonly leaseMs: number;
}
