import { randomUUID } from 'node:crypto';
import type { IdempotencyClaim, IdempotencyKeys, KeyedRequest, StoredAnswer } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { DatabaseRefusal } from '../../connection/database-errors.ts';
import { acrossTenants, run, savepoint, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { IdempotencyKeyRow } from '../../entities/business.entities.ts';
import {
  findKey,
  insertClaim,
  purgeKeys,
  storeResponse,
  takeOverClaim,
} from '../../queries/idempotency-keys.ts';

/**
 * Makes unsafe requests repeatable. A claim names the process that carries the request out, and every process
 * sees it at once. The response is stored in the transaction of the effect, so both exist or neither does. A
 * claim whose owner died goes stale and is taken over; an owner that was only slow no longer finds its claim,
 * and its effect is rolled back.
 */
export class IdempotencyRepository implements IdempotencyKeys<Transaction> {
  constructor(
    private readonly dataSource: DataSource,
    /** After this time without a response a claim may be taken over. */
    private readonly staleAfterMs = 5_000,
  ) {}

  async claim(request: KeyedRequest): Promise<IdempotencyClaim> {
    try {
      return await this.claimOrFind(request);
    } catch (error) {
      if (error instanceof DatabaseRefusal && error.constraint === 'idempotency_keys_tenant_id_fkey')
        return { kind: 'tenant-gone' };
      throw error;
    }
  }

  private claimOrFind(request: KeyedRequest): Promise<IdempotencyClaim> {
    return run(this.dataSource, request.tenantId, async (manager) => {
      const claim = randomUUID();
      if (await insertClaim(manager, request, claim)) return { kind: 'claimed', claim };
      const known = await findKey(manager, request, this.staleAfterMs);
      // Deleted between the two statements: its owner gave the claim back. The next request may claim it.
      if (!known) return { kind: 'in-progress' };
      if (!known.isSame) return { kind: 'other-request' };
      const { status, body } = known;
      if (status !== null) return { kind: 'answered', answer: { status, body } };
      const isTakenOver = known.isStale && (await takeOverClaim(manager, request, claim, this.staleAfterMs));
      return isTakenOver ? { kind: 'claimed', claim } : { kind: 'in-progress' };
    });
  }

  /**
   * Carries the effect out and stores its response, in one transaction. A refusal is a response too: what the
   * effect did before it refused is undone, and the refusal is stored.
   * @param refusalOf returns the response an error of the effect stands for, or null when it is a failure
   * @returns `claim-lost` when the claim was taken over meanwhile; nothing was changed then
   * @throws failures of the effect; nothing was changed, and the claim is given back
   */
  async perform(
    request: KeyedRequest,
    claim: string,
    effect: (transaction: Transaction) => Promise<StoredAnswer>,
    refusalOf: (error: unknown) => StoredAnswer | null,
  ): Promise<StoredAnswer | 'claim-lost'> {
    try {
      return await transact(this.dataSource, request.tenantId, async (transaction) => {
        const answer = await answerOf(transaction, effect, refusalOf);
        if (!(await storeResponse(transaction, request, claim, answer))) throw new ClaimLost();
        return answer;
      });
    } catch (error) {
      if (error instanceof ClaimLost) return 'claim-lost';
      // If this fails too, the claim goes stale and is taken over.
      await this.release(request, claim).catch(() => undefined);
      throw error;
    }
  }

  /** Deletes up to 10,000 keys older than this. @returns how many */
  purge(olderThan: Date): Promise<number> {
    return acrossTenants(this.dataSource, 'upkeep', (manager) => purgeKeys(manager, olderThan));
  }

  /** Gives a claim back, so that the next attempt need not wait for it to go stale. */
  private async release({ tenantId, key }: KeyedRequest, claim: string): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      manager.delete(IdempotencyKeyRow, { tenantId, key, claim, state: 'in-progress' }),
    );
  }
}

/** Thrown to roll back the effect of an owner whose claim was taken over. */
class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

async function answerOf(
  transaction: Transaction,
  effect: (transaction: Transaction) => Promise<StoredAnswer>,
  refusalOf: (error: unknown) => StoredAnswer | null,
): Promise<StoredAnswer> {
  const before = await savepoint(transaction, 'effect');
  try {
    return await effect(transaction);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    await before.rollback();
    return refusal;
  }
}
