import { isFinalStatus, type NewCallEvent } from '@tandem/contracts';

/** How long the carrier has to ask where to send a call that its relay has released. */
const ASKED_LEASE_MS = 60_000;
/** How long a call that comes back from a transfer may wait for a relay to be found. */
const RETURN_LEASE_MS = 10_000;
/** How long an owner has to end a call whose caller has left. */
const LEFT_LEASE_MS = 5_000;
/** How long a call without an owner may be taken over by a relay; then it is closed as lost. */
export const LOST_GRACE_MS = 15_000;

/** Transitions of a call whose owner has let go of it, by the reason. */
const DETACHMENTS: Readonly<Record<string, string>> = {
  moved: 'moved',
  'closed-by-carrier': 'closed',
  'connection-lost': 'lost',
  'media-timeout': 'lost',
};

/**
 * Returns the state transition an event causes, as a token for the Lua scripts; '' for most events. The log
 * is the one place where a call is ended, transferred or taken back, so state and log cannot differ.
 */
export function transitionOf(event: NewCallEvent): string {
  switch (event.type) {
    case 'call.ended':
      return `ended:${event.data.termination.reason}`;
    case 'transfer.asked':
      return 'transferring';
    case 'transfer.ended':
      return event.data.outcome === 'bridged' ? '' : 'connected';
    case 'stream.detached':
      return DETACHMENTS[event.data.reason] ?? '';
    case 'carrier.reported':
      return isFinalStatus(event.data.status) ? 'left' : '';
    default:
      return '';
  }
}

/** Leases that transitions give a call, in ms, as the scripts take them: [asked, return, left]. */
export const TRANSITION_LEASES: readonly number[] = [
  ASKED_LEASE_MS,
  RETURN_LEASE_MS,
  LEFT_LEASE_MS - LOST_GRACE_MS,
];
