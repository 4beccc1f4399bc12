import { randomUUID } from 'node:crypto';
import type { IdempotencyClaim, IdempotencyKeys, KeyedRequest, StoredAnswer } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { DatabaseRefusal } from '../../connection/database-errors.ts';
import { query, run, transact, type Transaction } from '../../connection/unit-of-work.ts';

interface KeyRow {
  is_same: boolean;
  is_stale: boolean;
  response_status: number | null;
  response_body: unknown;
}

/**
 * Makes unsafe requests repeatable. A claim says who is at it, and is visible to all at once. The answer is
 * stored in the transaction of the effect, so both exist or neither does. A claim whose owner died goes stale
 * and is taken over; should the owner be alive but slow, its answer no longer finds its claim and its effect
 * is rolled back.
 */
export class IdempotencyRepository implements IdempotencyKeys<Transaction> {
  constructor(
    private readonly dataSource: DataSource,
    /** After this time without an answer a claim may be taken over. */
    private readonly staleAfterMs = 5_000,
  ) {}

  async claim(request: KeyedRequest): Promise<IdempotencyClaim> {
    try {
      return await this.claimOrLook(request);
    } catch (error) {
      if (error instanceof DatabaseRefusal && error.constraint === 'idempotency_keys_tenant_id_fkey')
        return { kind: 'tenant-gone' };
      throw error;
    }
  }

  private claimOrLook(request: KeyedRequest): Promise<IdempotencyClaim> {
    return run(this.dataSource, async (manager) => {
      const claim = randomUUID();
      const owner = [request.tenantId, request.key] as const;
      const inserted = await query(
        manager,
        `INSERT INTO idempotency_keys (tenant_id, key, operation, request_hash, state, claim) VALUES ($1, $2, $3, $4, 'in-progress', $5)
         ON CONFLICT (tenant_id, key) DO NOTHING RETURNING 1`,
        [...owner, request.operation, request.hash, claim],
      );
      if (inserted.length === 1) return { kind: 'claimed', claim };
      const [known] = await query<KeyRow>(
        manager,
        `SELECT operation = $3 AND request_hash = $4 AS is_same, claimed_at < now() - $5 * interval '1 ms' AS is_stale, response_status, response_body
         FROM idempotency_keys WHERE tenant_id = $1 AND key = $2`,
        [...owner, request.operation, request.hash, this.staleAfterMs],
      );
      // Gone again between the two statements: its owner gave up. Whoever asks next may claim it.
      if (!known) return { kind: 'in-progress' };
      if (!known.is_same) return { kind: 'other-request' };
      if (known.response_status !== null)
        return { kind: 'answered', answer: { status: known.response_status, body: known.response_body } };
      if (!known.is_stale) return { kind: 'in-progress' };
      const takenOver = await query(
        manager,
        `UPDATE idempotency_keys SET claim = $3, claimed_at = now()
         WHERE tenant_id = $1 AND key = $2 AND state = 'in-progress' AND claimed_at < now() - $4 * interval '1 ms' RETURNING 1`,
        [...owner, claim, this.staleAfterMs],
      );
      return takenOver.length === 1 ? { kind: 'claimed', claim } : { kind: 'in-progress' };
    });
  }

  /**
   * Has the effect and stores its answer, in one transaction. A refusal is an answer too: what the effect did
   * before it refused is undone, and the refusal is stored.
   * @param refusalOf the answer an error of the effect stands for, or null when it is no answer
   * @returns `claim-lost` when the claim was taken over meanwhile; nothing was changed then
   * @throws what the effect throws and is no refusal; nothing was changed, and the claim is given back
   */
  async perform(
    request: KeyedRequest,
    claim: string,
    effect: (transaction: Transaction) => Promise<StoredAnswer>,
    refusalOf: (error: unknown) => StoredAnswer | null,
  ): Promise<StoredAnswer | 'claim-lost'> {
    try {
      return await transact(this.dataSource, async (transaction) => {
        const answer = await answerOf(transaction, effect, refusalOf);
        if (!(await this.complete(transaction, request, claim, answer))) throw new ClaimLost();
        return answer;
      });
    } catch (error) {
      if (error instanceof ClaimLost) return 'claim-lost';
      // Should this fail too, the claim goes stale and is taken over.
      await this.release(request, claim).catch(() => undefined);
      throw error;
    }
  }

  /** Forgets up to 10,000 keys older than this. @returns how many */
  async purge(olderThan: Date): Promise<number> {
    const purged = await run(this.dataSource, (manager) =>
      query(
        manager,
        `DELETE FROM idempotency_keys WHERE (tenant_id, key) IN
           (SELECT tenant_id, key FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT 10000) RETURNING 1`,
        [olderThan],
      ),
    );
    return purged.length;
  }

  private async complete(
    transaction: Transaction,
    request: KeyedRequest,
    claim: string,
    answer: StoredAnswer,
  ): Promise<boolean> {
    const completed = await query(
      transaction,
      `UPDATE idempotency_keys SET state = 'completed', response_status = $4, response_body = $5::json
       WHERE tenant_id = $1 AND key = $2 AND claim = $3 AND state = 'in-progress' RETURNING 1`,
      [request.tenantId, request.key, claim, answer.status, JSON.stringify(answer.body)],
    );
    return completed.length === 1;
  }

  /** Gives a claim back, so that the next try need not wait for it to go stale. */
  private async release(request: KeyedRequest, claim: string): Promise<void> {
    await run(this.dataSource, (manager) =>
      query(
        manager,
        'DELETE FROM idempotency_keys WHERE tenant_id = $1 AND key = $2 AND claim = $3 AND state = ' +
          `'in-progress'`,
        [request.tenantId, request.key, claim],
      ),
    );
  }
}

/** Thrown to roll back the effect of an owner that was taken for dead. */
class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

async function answerOf(
  transaction: Transaction,
  effect: (transaction: Transaction) => Promise<StoredAnswer>,
  refusalOf: (error: unknown) => StoredAnswer | null,
): Promise<StoredAnswer> {
  await query(transaction, 'SAVEPOINT effect');
  try {
    return await effect(transaction);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    await query(transaction, 'ROLLBACK TO SAVEPOINT effect');
    return refusal;
  }
}
