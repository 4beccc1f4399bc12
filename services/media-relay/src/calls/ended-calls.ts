import { Inject, Injectable } from '@nestjs/common';
import type { AdmissionRecord, OwnedCall, OwnershipStatus, RedisCallLog } from '@tandem/call-state';
import type { CallId } from '@tandem/contracts';
import { PostCallQueue } from '@tandem/platform';

interface EndedCall {
  readonly record: AdmissionRecord;
  readonly epoch: number;
  readonly log: RedisCallLog;
  readonly endedAt: number;
}

/** Calls kept at a time; beyond it the oldest are left to Redis alone. */
const MAX_CALLS = 1_000;
/** Size of all kept logs together. */
const MAX_BYTES = 128 * 1024 * 1024;
/** How long a call is kept while Postgres is unavailable. */
const MAX_AGE_MS = 30 * 60_000;
const FLUSH_TIMEOUT_MS = 10_000;

/** Keeps ended calls until they are in Postgres, to restore events that Redis loses until then. */
@Injectable()
export class EndedCalls {
  private readonly calls = new Map<CallId, EndedCall>();

  constructor(@Inject(PostCallQueue) private readonly postCall: Pick<PostCallQueue, 'enqueue'>) {}

  get ownership(): OwnedCall[] {
    return [...this.calls].map(([callId, { epoch }]) => ({ callId, epoch, isHeld: false }));
  }

  async add(record: AdmissionRecord, epoch: number, log: RedisCallLog): Promise<void> {
    const now = performance.now();
    let bytes = log.bytes + [...this.calls.values()].reduce((sum, { log }) => sum + log.bytes, 0);
    for (const [callId, { endedAt, log }] of this.calls) {
      if (this.calls.size < MAX_CALLS && bytes <= MAX_BYTES && now - endedAt <= MAX_AGE_MS) continue;
      this.calls.delete(callId);
      bytes -= log.bytes;
    }
    this.calls.set(record.callId, { record, epoch, log, endedAt: now });
    await this.postCall.enqueue(record.callId, record.tenantId, 'ended');
  }

  /** Applies what Redis has of an ended call: confirms its log, restores it, or forgets the call. */
  onOwnershipStatus(callId: CallId, status: OwnershipStatus): void {
    const call = this.calls.get(callId);
    if (!call) return;
    if (status.kind === 'persisted' || status.kind === 'superseded' || call.log.isGivenUp)
      this.calls.delete(callId);
    else if (status.kind === 'stored') call.log.confirm(status.lastSeq);
    else void this.restore(call);
  }

  private async restore({ record, log }: EndedCall): Promise<void> {
    log.restoreLost();
    if ((await log.flush(FLUSH_TIMEOUT_MS)) === 'stored' && !log.isGivenUp)
      await this.postCall.enqueue(record.callId, record.tenantId, 'ended');
  }
}
