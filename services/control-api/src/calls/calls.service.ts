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
import type { ListCalls } from './call.dto.ts';

/** Stored calls of a tenant. */
@Injectable()
export class CallsService {
  constructor(
    private readonly calls: CallRepository,
    private readonly callAnalyses: AnalysisRepository,
  ) {}

  list(
    tenantId: TenantId,
    { limit, cursor, since, until, variant, ...filter }: ListCalls,
  ): Promise<Page<CallSummary>> {
    return this.calls.list(
      tenantId,
      {
        ...filter,
        variantKey: variant,
        since: since ? new Date(since) : undefined,
        until: until ? new Date(until) : undefined,
      },
      { limit, cursor },
    );
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
