import type { TenantId } from '../words/ids.ts';

/** An unsafe request under its Idempotency-Key. */
export interface KeyedRequest {
  readonly tenantId: TenantId;
  readonly key: string;
  /** Method and path. */
  readonly operation: string;
  /** SHA-256 of what was asked. */
  readonly hash: Uint8Array;
}

export interface StoredAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * - `claimed`: nobody did this yet; do it, and complete it with this claim.
 * - `answered`: it was done; this was the answer.
 * - `in-progress`: someone is at it.
 * - `other-request`: the key was used for something else.
 * - `tenant-gone`: whoever asks does not exist any more.
 */
export type IdempotencyClaim =
  | { readonly kind: 'claimed'; readonly claim: string }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer }
  | { readonly kind: 'in-progress' | 'other-request' | 'tenant-gone' };

/** Where keys are kept, and effects with their answers in one transaction. */
export interface IdempotencyKeys<Transaction> {
  claim(request: KeyedRequest): Promise<IdempotencyClaim>;
  perform(
    request: KeyedRequest,
    claim: string,
    effect: (transaction: Transaction) => Promise<StoredAnswer>,
    refusalOf: (error: unknown) => StoredAnswer | null,
  ): Promise<StoredAnswer | 'claim-lost'>;
  /** Forgets keys older than this. @returns how many */
  purge(olderThan: Date): Promise<number>;
}
