import type { Channel } from '@tandem/contracts';
import type { CallerIdentity } from './caller-identity.ts';

/** A call that rings, as the door of its channel has read it: everything behind works with this. */
export interface InboundCall {
  readonly channel: Channel;
  readonly carrierCallId: string;
  /** The carrier's account it came over: the call is changed in its name. */
  readonly carrierAccountId: string | null;
  /** Who calls. */
  readonly identity: CallerIdentity;
  /** What the carrier says of their right to the number; null when it says nothing. */
  readonly attestation: string | null;
  /** The number that rings, in its normal form; null when what was dialled is none. */
  readonly dialled: string | null;
  /**
   * Both parties as they go on record: a number in its normal form, `anonymous`, or the address as it came.
   */
  readonly from: string;
  readonly to: string;
}
