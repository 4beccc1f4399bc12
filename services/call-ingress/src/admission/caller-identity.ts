import { isWithheld, partyNumber, partyUser } from '@tandem/contracts';

/** Who the carrier says is calling. */
export interface CallerIdentity {
  /** In its normal form; null when they show no number, or an address without one (a SIP name). */
  readonly e164: string | null;
  readonly isWithheld: boolean;
}

/** How a caller without a number is named on record, whatever word the carrier has for it. */
export const WITHHELD = 'anonymous';

/** @param near the country whose habits hold for a number without a plus */
export function identityOf(from: string, near?: string): CallerIdentity {
  if (isWithheld(partyUser(from))) return { e164: null, isWithheld: true };
  return { e164: partyNumber(from, near), isWithheld: false };
}

/** The number a person sees whom the caller is put through to: theirs, else the one they dialled. A carrier takes no other. */
export function callerIdOf({ from, to }: { readonly from: string; readonly to: string }): string {
  return identityOf(from).e164 ?? partyNumber(to) ?? to;
}
