import type { TenantId } from '../words/ids.ts';
import type { StoredAnswer } from './idempotency.ts';

/** The one an act is of: a person, an API key, or one of our services acting in a call. */
export interface AuditActor {
  readonly kind: 'user' | 'key' | 'service';
  /** Id of the person or the key; for a service the call it acts in, null outside of calls. */
  readonly id: string | null;
}

/** An act as it goes into the audit log. No field holds personal data but the address. */
export interface AuditAct {
  readonly actor: AuditActor;
  /** The object's kind and a past-tense verb, such as `number.changed`. */
  readonly name: string;
  /** Kept as it is when it is an id or a key; anything else, such as a phone number, as its digest. */
  readonly objectId: string | null;
  /** The code of the problem an act was refused with; null for one that was done. */
  readonly refusal: string | null;
  /** SHA-256 of what the object showed before and shows now; the log keys them by tenant. */
  readonly before: Uint8Array | null;
  readonly after: Uint8Array | null;
  /** IP address the request came from. */
  readonly address: string | null;
  readonly reason: string | null;
}

/** An act of a request that is being carried out. */
export interface PendingAct {
  readonly tenantId: TenantId;
  /** Set once an entry of the act is committed. */
  isRecorded: boolean;
  /**
   * Returns the entry to write; null for none.
   * @param answer that of a keyed request, which is stored in the same transaction; null where there is none
   */
  entryOf(answer: StoredAnswer | null): AuditAct | null;
}

/** Writes the audit log of tenants. */
export interface AuditTrail {
  /**
   * Runs the work of a request. The first of its transactions that changes rows writes the entry of the act
   * before it commits.
   */
  during<T>(act: PendingAct, work: () => Promise<T>): Promise<T>;
  /** Writes an entry in a transaction of its own. */
  append(tenantId: TenantId, act: AuditAct): Promise<void>;
  /** Notes an address of an API key. @returns whether it is new, and the key was used from another before */
  isNewAddress(tenantId: TenantId, apiKeyId: string, address: string): Promise<boolean>;
}
