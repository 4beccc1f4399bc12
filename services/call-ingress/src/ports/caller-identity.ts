import { isWithheld, partyNumber, partyUser } from '@tandem/contracts';

/** The caller, according to the carrier. */
export interface CallerIdentity {
  /** Null for a withheld number, or an address without a number (a SIP name). */
  readonly e164: string | null;
  readonly isWithheld: boolean;
}

/** @param near the country whose dialling rules apply to a number without a plus */
export function identityOf(from: string, near?: string): CallerIdentity {
  if (isWithheld(partyUser(from))) return { e164: null, isWithheld: true };
  return { e164: partyNumber(from, near), isWithheld: false };
}

/**
 * The caller id shown to a person the caller is put through to: the caller's number, else the dialled one.
 * Carriers reject any other.
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
