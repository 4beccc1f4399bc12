import type { AdmissionRecord } from '@tandem/call-state';
import type { CallEvent, StreamTicket } from '@tandem/contracts';

/** A call this relay has just claimed, with everything Redis has of it. */
export interface ClaimedCall {
  readonly record: AdmissionRecord;
  readonly epoch: number;
  readonly legId: StreamTicket['legId'];
  readonly lastSeq: number;
  /** All stored events, the admission included. */
  readonly events: readonly CallEvent[];
  /** Size of the stored event log, sealed. */
  readonly logBytes: number;
}
