import { isWithheld, shownNumber } from '@tandem/contracts';
import { phoneSchema } from '@tandem/platform';

/** Who the carrier says is calling. */
export interface CallerIdentity {
  /** Null when they show no number, or one that is none (a SIP name). */
  readonly e164: string | null;
  readonly isWithheld: boolean;
}

const SIP_USER = /^sips?:([^@;]+)@/i;

export function identityOf(from: string): CallerIdentity {
  const party = SIP_USER.exec(from)?.[1] ?? from;
  if (isWithheld(party)) return { e164: null, isWithheld: true };
  return { e164: e164Of(party), isWithheld: false };
}

/** The number a person sees whom the caller is put through to: theirs, else the one they dialled. A carrier takes no other. */
export function callerIdOf({ from, to }: { readonly from: string; readonly to: string }): string {
  return identityOf(from).e164 ?? e164Of(to) ?? to;
}

/** A number however the carrier writes it, SIP addresses included; null when it is none. */
export function e164Of(party: string): string | null {
  const written = SIP_USER.exec(party)?.[1] ?? party;
  return shownNumber(written) ?? phoneSchema.safeParse(written).data ?? null;
}
