import { Injectable } from '@nestjs/common';
import {
  CallStore,
  SealBroken,
  WaitingLine,
  type AdmissionRecord,
  type LiveCall,
  type WaitingState,
} from '@tandem/call-state';
import type { CallId, TenantId } from '@tandem/contracts';
import { fromRedis } from './from-redis.ts';

/** A call that has not ended, with its admission record where it can be read. */
export interface KnownLiveCall {
  readonly call: LiveCall;
  readonly record: AdmissionRecord | null;
}

const RECORDS_AT_ONCE = 100;

/** Calls that have not ended: those a relay holds, and those in line. */
@Injectable()
export class LiveCallsService {
  constructor(
    private readonly calls: CallStore,
    private readonly line: WaitingLine,
  ) {}

  /** Returns the calls with what was known when they were admitted. @throws DependencyUnavailable */
  async live(tenantId: TenantId, limit: number): Promise<KnownLiveCall[]> {
    const calls = await fromRedis(this.calls.liveCalls(tenantId, limit));
    const known: KnownLiveCall[] = [];
    for (let from = 0; from < calls.length; from += RECORDS_AT_ONCE) {
      const some = calls.slice(from, from + RECORDS_AT_ONCE);
      const records = await fromRedis(Promise.all(some.map(({ callId }) => this.recordOf(callId))));
      known.push(...some.map((call, index) => ({ call, record: records[index] ?? null })));
    }
    return known;
  }

  /** Returns the callers in line, the longest first. @throws DependencyUnavailable when Redis is away */
  waiting(tenantId: TenantId, limit: number): Promise<WaitingState[]> {
    return fromRedis(this.line.list(tenantId, limit));
  }

  /** Returns null for a record that cannot be read: it is sealed with a key we do not have. */
  private recordOf(callId: CallId): Promise<AdmissionRecord | null> {
    return this.calls.record(callId).catch((error: unknown) => {
      if (error instanceof SealBroken) return null;
      throw error;
    });
  }
}
