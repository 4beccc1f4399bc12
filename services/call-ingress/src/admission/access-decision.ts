import { validationOf, type RefusalReason } from '@tandem/contracts';
import type { CallerGroupMatch, KnownCaller, NumberAccess } from '@tandem/database';
import type { CallerIdentity } from '../ports/caller-identity.ts';

export interface AccessDecision {
  /** Null for an admitted caller. */
  readonly refusal: Extract<RefusalReason, 'caller-blocked' | 'caller-not-allowed'> | null;
  /** The caller's group: an allowed one before others, the closest match before wider ones. */
  readonly group: CallerGroupMatch | null;
}

/**
 * Whether the number a caller shows counts as theirs. A number that failed validation never does; an unsigned
 * one does if the dialled number trusts unverified callers.
 */
export function isTrustedAttestation(
  { unverifiedCallers }: Pick<NumberAccess, 'unverifiedCallers'>,
  attestation: string | null,
): boolean {
  const validation = validationOf(attestation);
  return validation === 'passed' || (validation === 'none' && unverifiedCallers === 'trust');
}

/**
 * Reduces what is known of a caller whose number does not count as theirs: only a block still applies.
 */
export function untrustedNumber({ isBlocked }: KnownCaller): KnownCaller {
  return { name: null, language: null, isBlocked, groups: [] };
}

/** A caller, or the sender of a message, as the carrier has it. */
interface ShownCaller {
  readonly identity: CallerIdentity;
  readonly attestation: string | null;
  readonly isNumberClaimed?: boolean | undefined;
}

/** Returns what holds for a caller, whose number may not count as theirs, and whether they may call. */
export function judgeCaller(
  access: NumberAccess,
  { identity, attestation, isNumberClaimed }: ShownCaller,
  found: KnownCaller,
): { readonly known: KnownCaller; readonly isNumberDoubted: boolean; readonly access: AccessDecision } {
  const isNumberDoubted =
    identity.e164 !== null && (isNumberClaimed === true || !isTrustedAttestation(access, attestation));
  const known = isNumberDoubted ? untrustedNumber(found) : found;
  return { known, isNumberDoubted, access: accessOf(access, identity, known) };
}

/** Decides whether a caller may call a number. A block comes before every list. */
export function accessOf(access: NumberAccess, identity: CallerIdentity, known: KnownCaller): AccessDecision {
  const allowed = known.groups.find(({ isAllowed }) => isAllowed) ?? null;
  const group = allowed ?? known.groups[0] ?? null;
  if (known.isBlocked) return { refusal: 'caller-blocked', group };
  if (identity.isWithheld && access.withheldCallers === 'refuse')
    return { refusal: 'caller-not-allowed', group };
  if (access.mode === 'allow-list' && !allowed) return { refusal: 'caller-not-allowed', group };
  return { refusal: null, group };
}
