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

/** Remembered at a time; beyond it the oldest are left to Redis alone. */
const MAX_CALLS = 1_000;
/** Of all their logs together. */
const MAX_BYTES = 128 * 1024 * 1024;
/** Postgres may be away for so long. */
const MAX_AGE_MS = 30 * 60_000;
const FLUSH_TIMEOUT_MS = 10_000;

/**
 * Calls that are over and not known to be in Postgres: until they are, what Redis loses of them is put back
 * from here.
 */
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

  /** What Redis says of it. */
  onOwnershipStatus(callId: CallId, standing: OwnershipStatus): void {
    const call = this.calls.get(callId);
    if (!call) return;
    if (standing.kind === 'persisted' || standing.kind === 'superseded' || call.log.isGivenUp)
      this.calls.delete(callId);
    else if (standing.kind === 'stored') call.log.confirm(standing.lastSeq);
    else void this.restore(call);
  }

  private async restore({ record, log }: EndedCall): Promise<void> {
    log.lost();
    if ((await log.flush(FLUSH_TIMEOUT_MS)) === 'stored' && !log.isGivenUp)
      await this.postCall.enqueue(record.callId, record.tenantId, 'ended');
  }
}
