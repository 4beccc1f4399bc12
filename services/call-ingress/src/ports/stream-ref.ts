import type { CallId, TenantId } from '@tandem/contracts';

/** Identifies one stream of a call. Whatever a carrier asks after its first question is about one stream. */
export interface StreamRef {
  readonly callId: CallId;
  readonly tenantId: TenantId;
  readonly carrierCallId: string;
  /** The epoch of the stream: one that is over, one given up for a transfer, or one not started yet. */
  readonly epoch: number;
}
