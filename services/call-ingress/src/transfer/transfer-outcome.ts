import type { PendingTransfer } from '@tandem/call-state';
import type { CallEventBody } from '@tandem/contracts';

export type TransferOutcome = CallEventBody<'transfer.ended'>['outcome'];

/** The carrier's report of a dialled leg that is over. */
export interface DialReport {
  readonly result: 'answered' | 'busy' | 'no-answer' | 'failed';
  /** False when the caller and the person were never connected; true also when the carrier does not say. */
  readonly wasBridged: boolean;
}

/**
 * Returns how a transfer went. Carriers report an answered leg also when the person hung up during the
 * whisper, or a voicemail picked up; so where a person is asked first, only their own acceptance counts.
 */
export function transferOutcome(
  { mode }: Pick<PendingTransfer, 'mode'>,
  isAccepted: boolean,
  { result, wasBridged }: DialReport,
): TransferOutcome {
  if (mode === 'warm' && isAccepted) return wasBridged ? 'bridged' : 'failed';
  if (result !== 'answered') return result;
  return mode === 'cold' && wasBridged ? 'bridged' : 'declined';
}
