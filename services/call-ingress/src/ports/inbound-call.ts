import type { Channel } from '@tandem/contracts';
import type { CallerIdentity } from './caller-identity.ts';

/** A ringing call as its carrier's webhook described it. Everything behind the webhook works with this. */
export interface InboundCall {
  readonly channel: Channel;
  readonly carrierCallId: string;
  /** The carrier's account the call came in over; the call is changed in its name. */
  readonly carrierAccountId: string | null;
  readonly identity: CallerIdentity;
  /** The carrier's attestation of the caller's right to the number; null when there is none. */
  readonly attestation: string | null;
  /** The dialled number in E.164; null when the dialled address is not a number. */
  readonly dialled: string | null;
  /** Both parties as stored: a number in E.164, `anonymous`, or the address as received. */
  readonly from: string;
  readonly to: string;
}
