import { Injectable } from '@nestjs/common';
import { CallStore, WaitingLine, type LiveCall, type WaitingState } from '@tandem/call-state';
import type { TenantId } from '@tandem/contracts';
import { fromRedis } from './from-redis.ts';

/** Calls that have not ended: those a relay holds, and those in line. */
@Injectable()
export class LiveCallsService {
  constructor(
    private readonly calls: CallStore,
    private readonly line: WaitingLine,
  ) {}

  /** @throws DependencyUnavailable when Redis is away */
  live(tenantId: TenantId, limit: number): Promise<LiveCall[]> {
    return fromRedis(this.calls.liveCalls(tenantId, limit));
  }

  /** Returns the callers in line, the longest first. @throws DependencyUnavailable when Redis is away */
  waiting(tenantId: TenantId, limit: number): Promise<WaitingState[]> {
    return fromRedis(this.line.list(tenantId, limit));
  }
}
