import { partyNumber, WITHHELD, type CallParameters, type Channel } from '@tandem/contracts';
import { identityOf, type CallerIdentity } from './caller-identity.ts';

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
  /** The caller has named the number themself: it is never taken for theirs. */
  readonly isNumberClaimed?: boolean | undefined;
  /** The agent the carrier asks for, in place of the number's own; absent when it asks for none. */
  readonly agentId?: string | undefined;
  /** The rate of the caller's audio in Hz, where the carrier says it before the stream begins. */
  readonly audioRateHz?: number | undefined;
  /** The language the carrier asks for, BCP 47; absent when it asks for none. */
  readonly language?: string | undefined;
  /** Parameters that the caller's app gave to the call; absent when there are none. */
  readonly parameters?: CallParameters | undefined;
}

/**
 * Returns the call with both parties read.
 * @param country ISO 3166; its dialling rules apply to a dialled number without country code. A caller's
 * number is read with the dialled number's rules.
 */
export function inboundCall(
  { from, to, ...call }: Omit<InboundCall, 'identity' | 'dialled'>,
  country?: string,
): InboundCall {
  const dialled = partyNumber(to, country);
  const identity = identityOf(from, dialled ?? country);
  return {
    ...call,
    identity,
    dialled,
    from: identity.e164 ?? (identity.isWithheld ? WITHHELD : from.trim()),
    to: dialled ?? to.trim(),
  };
}
