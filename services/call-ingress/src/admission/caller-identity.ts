import { isWithheld, partyNumber, partyUser } from '@tandem/contracts';

/** Who the carrier says is calling. */
export interface CallerIdentity {
  /** In its normal form; null when they show no number, or an address without one (a SIP name). */
  readonly e164: string | null;
  readonly isWithheld: boolean;
}

/** @param near the country whose habits hold for a number without a plus */
export function identityOf(from: string, near?: string): CallerIdentity {
  if (isWithheld(partyUser(from))) return { e164: null, isWithheld: true };
  return { e164: partyNumber(from, near), isWithheld: false };
}

/**
 * The number a person sees whom the caller is put through to: theirs, else the one they dialled. A carrier
 * takes no other.
 */
export function callerIdOf({
  from,
  to,
  isNumberDoubted = false,
}: {
  readonly from: string;
  readonly to: string;
  readonly isNumberDoubted?: boolean | undefined;
}): string {
  return (isNumberDoubted ? null : identityOf(from).e164) ?? partyNumber(to) ?? to;
}
