import { Injectable } from '@nestjs/common';
import type { CallId, TenantId } from '@tandem/contracts';
import {
  AnalysisRepository,
  CallRepository,
  type CallAnalysis,
  type CallDetail,
  type CallSummary,
  type Page,
} from '@tandem/database';
import { Problem } from '@tandem/platform';
import { toFilter, type ListCalls } from './call-query.dto.ts';

/** Calls read at a time for a table. */
const BATCH = 500;

/** Stored calls of a tenant. */
@Injectable()
export class CallsService {
  constructor(
    private readonly calls: CallRepository,
    private readonly callAnalyses: AnalysisRepository,
  ) {}

  list(tenantId: TenantId, query: ListCalls): Promise<Page<CallSummary>> {
    const { limit, cursor } = query;
    return this.calls.list(tenantId, toFilter(query), { limit, cursor });
  }

  /** Yields all calls the query matches, in batches; its page does not count. */
  async *all(tenantId: TenantId, query: ListCalls): AsyncGenerator<readonly CallSummary[]> {
    const filter = toFilter(query);
    let cursor: string | undefined;
    do {
      const page = await this.calls.list(tenantId, filter, { limit: BATCH, cursor });
      if (page.items.length > 0) yield page.items;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, callId: CallId): Promise<CallDetail> {
    const call = await this.calls.get(tenantId, callId);
    if (call) return call;
    throw new Problem(
      404,
      'call-not-found',
      'No such call',
      'There is no ended call of this id. A call that is still going on appears once it has ended.',
    );
  }

  /** Returns the analyses of a call, the latest one first. */
  analyses(tenantId: TenantId, callId: CallId): Promise<CallAnalysis[]> {
    return this.callAnalyses.ofCall(tenantId, callId);
  }
}
