import type { TenantId } from '../words/ids.ts';

/** An unsafe request under its Idempotency-Key. */
export interface KeyedRequest {
  readonly tenantId: TenantId;
  readonly key: string;
  /** Method and path. */
  readonly operation: string;
  /** SHA-256 of the request body. */
  readonly hash: Uint8Array;
}

export interface StoredAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * - `claimed`: a new request; carry it out, and complete it with this claim.
 * - `answered`: it was carried out; this was the response.
 * - `in-progress`: another process carries it out.
 * - `other-request`: the key was used for another request.
 * - `tenant-gone`: the tenant no longer exists.
 */
export type IdempotencyClaim =
  | { readonly kind: 'claimed'; readonly claim: string }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer }
  | { readonly kind: 'in-progress' | 'other-request' | 'tenant-gone' };

/** Stores keys, and effects with their responses in one transaction. */
export interface IdempotencyKeys<Transaction> {
  claim(request: KeyedRequest): Promise<IdempotencyClaim>;
  perform(
    request: KeyedRequest,
    claim: string,
    effect: (transaction: Transaction) => Promise<StoredAnswer>,
    refusalOf: (error: unknown) => StoredAnswer | null,
  ): Promise<StoredAnswer | 'claim-lost'>;
  /** Deletes keys older than this. @returns how many */
  purge(olderThan: Date): Promise<number>;
}
