import type { PendingTransfer } from '@tandem/call-state';
import type { CallEventBody } from '@tandem/contracts';

export type TransferOutcome = CallEventBody<'transfer.ended'>['outcome'];

/** What the carrier tells of a `<Dial>` that is over. */
export interface DialReport {
  readonly DialCallStatus: string;
  /** Absent from older reports. */
  readonly DialBridged?: string | undefined;
}

const UNCONNECTED: Readonly<Record<string, TransferOutcome>> = {
  busy: 'busy',
  'no-answer': 'no-answer',
  canceled: 'no-answer',
  // Picked up, heard the whisper, and left without taking the call. A voicemail does the same.
  completed: 'declined',
  answered: 'declined',
};

/**
 * How putting a caller through went. The carrier says `completed` also when the person hung up during the
 * whisper, so where one is asked, only their own acceptance counts.
 */
export function transferOutcome(
  { mode }: Pick<PendingTransfer, 'mode'>,
  isAccepted: boolean,
  report: DialReport,
): TransferOutcome {
  const wasConnected = report.DialBridged !== 'false';
  if (mode === 'warm' && isAccepted) return wasConnected ? 'bridged' : 'failed';
  if (
    mode === 'cold' &&
    wasConnected &&
    (report.DialCallStatus === 'completed' || report.DialCallStatus === 'answered')
  )
    return 'bridged';
  return UNCONNECTED[report.DialCallStatus] ?? 'failed';
}
