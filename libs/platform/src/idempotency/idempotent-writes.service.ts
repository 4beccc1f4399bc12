import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  canonical,
  type IdempotencyKeys,
  type KeyedRequest,
  type StoredAnswer,
  type TenantId,
} from '@tandem/contracts';
import type { Response } from 'express';
import { tenantNotFound } from '../access/tenant-not-found.ts';
import { Problem } from '../http/problem.ts';
import { Metrics } from '../telemetry/metrics.ts';

/** Injection token of the {@link IdempotencyKeys}. */
export const IDEMPOTENCY_KEYS = Symbol('IDEMPOTENCY_KEYS');

/** Pauses between checks of a request that another process is working on: 1.5 s in all. */
const PAUSES_MS = [25, 50, 100, 200, 400, 725];

export interface UnsafeRequest {
  readonly tenantId: TenantId;
  readonly key: string;
  /** Method and path, ids included. */
  readonly operation: string;
  /** The validated body. */
  readonly body: unknown;
}

/** Performs each unsafe request once, however many times it is sent. */
@Injectable()
export class IdempotentWrites<Transaction> {
  private readonly keyedRequests;

  constructor(
    @Inject(IDEMPOTENCY_KEYS) private readonly keys: IdempotencyKeys<Transaction>,
    metrics: Metrics,
  ) {
    this.keyedRequests = metrics.counter({
      name: 'tandem_keyed_requests_total',
      help: 'Requests with an Idempotency-Key, by outcome',
      labelNames: ['outcome'],
    });
  }

  /**
   * Runs the effect in a transaction that also stores its answer, or replays the stored answer; sets status
   * and headers of `response`. Problems below 500 that the effect throws are answers like any other.
   * @returns the body to send
   * @throws Problem the stored refusal, or 422 for a reused key, or 409 while the first request is in
   * progress
   */
  async perform<Body>(
    request: UnsafeRequest,
    response: Response,
    effect: (transaction: Transaction) => Promise<{ status: number; body: Body }>,
  ): Promise<Body> {
    const keyed = keyedRequest(request);
    for (const pauseMs of [...PAUSES_MS, null]) {
      const claim = await this.keys.claim(keyed);
      if (claim.kind === 'tenant-gone') throw tenantNotFound();
      if (claim.kind === 'other-request') throw this.reused();
      if (claim.kind === 'answered') {
        this.keyedRequests.inc({ outcome: 'replayed' });
        return deliver<Body>(response, claim.answer, { 'Idempotency-Replayed': 'true' });
      }
      if (claim.kind === 'claimed') {
        const answer = await this.keys.perform(keyed, claim.claim, effect, refusalOf);
        this.keyedRequests.inc({ outcome: answer === 'claim-lost' ? 'claim-lost' : 'done' });
        if (answer !== 'claim-lost') return deliver<Body>(response, answer, {});
      }
      if (pauseMs !== null) await sleep(pauseMs);
    }
    this.keyedRequests.inc({ outcome: 'in-progress' });
    throw new Problem(
      409,
      'idempotency-in-progress',
      'Still in progress',
      'The first request with this Idempotency-Key has not been answered yet. Send it again shortly, ' +
        'with the same key.',
      {},
      { 'Retry-After': '1' },
    );
  }

  private reused(): Problem {
    this.keyedRequests.inc({ outcome: 'reused' });
    return new Problem(
      422,
      'idempotency-key-reused',
      'The key belongs to another request',
      'This Idempotency-Key came with a different request before. Use a new key for a new request.',
    );
  }
}

function keyedRequest({ tenantId, key, operation, body }: UnsafeRequest): KeyedRequest {
  return {
    tenantId,
    key,
    operation,
    hash: createHash('sha256').update(canonical(body)).digest(),
  };
}

function refusalOf(error: unknown): StoredAnswer | null {
  return error instanceof Problem && error.getStatus() < 500
    ? { status: error.getStatus(), body: error.getResponse() }
    : null;
}

function deliver<Body>(response: Response, answer: StoredAnswer, headers: Record<string, string>): Body {
  if (answer.status >= 400) throw problemFrom(answer, headers);
  response.status(answer.status).set(headers);
  return answer.body as Body;
}

/** Returns a stored refusal as the Problem it was. */
function problemFrom({ status, body }: StoredAnswer, headers: Record<string, string>): Problem {
  const {
    type: _type,
    status: _status,
    code,
    title,
    detail,
    ...extra
  } = body as { type: string; status: number; code: string; title: string; detail: string };
  return new Problem(status, code, title, detail, extra, headers);
}
