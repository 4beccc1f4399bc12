import { isFinalStatus, type NewCallEvent } from '@tandem/contracts';

/** How long the carrier has to ask where a call goes that its relay let go. */
const ASKED_LEASE_MS = 60_000;
/** How long a call that comes back from a transfer may wait for a relay to be found. */
const RETURN_LEASE_MS = 10_000;
/** Once the carrier has no caller any more, whoever ends the call has so long for it. */
const LEFT_LEASE_MS = 5_000;
/** A call that nobody holds may still be taken over by a relay for so long; then it is closed as lost. */
export const LOST_GRACE_MS = 15_000;

/**
 * What a fact does to its call beside being in the log, as one word for the scripts; '' for most. The log is
 * the one place where a call is ended, put through or taken back, so that what is known and what holds cannot
 * differ.
 */
export function transitionOf(fact: NewCallEvent): string {
  switch (fact.type) {
    case 'call.ended':
      return `ended:${fact.data.termination.reason}`;
    case 'transfer.asked':
      return 'transferring';
    case 'transfer.ended':
      return fact.data.outcome === 'bridged' ? '' : 'connected';
    case 'stream.detached':
      return fact.data.reason === 'moved' ? 'moved' : '';
    case 'carrier.reported':
      return isFinalStatus(fact.data.status) ? 'left' : '';
    default:
      return '';
  }
}

/** Ms that marks give a call, as the scripts take them: [asked, return, left]. */
export const TRANSITION_LEASES: readonly number[] = [
  ASKED_LEASE_MS,
  RETURN_LEASE_MS,
  LEFT_LEASE_MS - LOST_GRACE_MS,
];
