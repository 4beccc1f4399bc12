import { Injectable } from '@nestjs/common';
import { CallStore, type CallState } from '@tandem/call-state';
import type { TerminationReason } from '@tandem/contracts';
import { PostCallQueue } from '@tandem/platform';
import type { StreamRef } from '../ports/stream-ref.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';

/** Ends calls that no relay holds, and queues them to be stored. */
@Injectable()
export class CallEndings {
  constructor(
    private readonly calls: CallStore,
    private readonly postCall: PostCallQueue,
    private readonly metrics: IngressMetrics,
  ) {}

  async end(
    { callId, tenantId }: StreamRef,
    state: CallState,
    reason: TerminationReason,
    occasion: 'ended' | 'reaped',
  ): Promise<void> {
    if (await this.calls.end(callId, state, reason)) this.metrics.endedCalls.inc({ reason });
    await this.postCall.enqueue(callId, tenantId, occasion);
  }

  /** Ends a call the carrier no longer has. */
  async endAbandoned(stream: StreamRef): Promise<void> {
    const state = await this.calls.state(stream.callId);
    if (state) await this.end(stream, state, 'caller-hangup', 'reaped');
  }
}

/** Ms since admission, by the clock the call was admitted with. */
export function sinceAdmission({ admittedAt }: Pick<CallState, 'admittedAt'>): number {
  return Math.max(0, Date.now() - admittedAt);
}
