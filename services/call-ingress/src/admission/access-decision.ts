import { validationOf, type RefusalReason } from '@tandem/contracts';
import type { CallerGroupMatch, KnownCaller, NumberAccess } from '@tandem/database';
import type { CallerIdentity } from './caller-identity.ts';

export interface AccessDecision {
  /** Null for a caller who is let in. */
  readonly refusal: Extract<RefusalReason, 'caller-blocked' | 'caller-not-allowed'> | null;
  /** The group they call as: one that is let in before others, the closest match before wider ones. */
  readonly group: CallerGroupMatch | null;
}

/**
 * Whether the number a caller shows is taken for theirs. One that failed validation never is; one that nobody
 * has signed for is where the dialled number trusts such callers.
 */
export function isTrustedAttestation(
  { unverifiedCallers }: Pick<NumberAccess, 'unverifiedCallers'>,
  attestation: string | null,
): boolean {
  const validation = validationOf(attestation);
  return validation === 'passed' || (validation === 'none' && unverifiedCallers === 'trust');
}

/**
 * What is left to know of a caller whose number is not taken for theirs: a block holds, everything else was
 * another's.
 */
export function untrustedNumber({ isBlocked }: KnownCaller): KnownCaller {
  return { name: null, language: null, isBlocked, groups: [] };
}

/** Whether a caller may call a number. Being blocked comes before being on any list. */
export function accessOf(access: NumberAccess, identity: CallerIdentity, known: KnownCaller): AccessDecision {
  const allowed = known.groups.find(({ isAllowed }) => isAllowed) ?? null;
  const group = allowed ?? known.groups[0] ?? null;
  if (known.isBlocked) return { refusal: 'caller-blocked', group };
  if (identity.isWithheld && access.withheldCallers === 'refuse')
    return { refusal: 'caller-not-allowed', group };
  if (access.mode === 'allow-list' && !allowed) return { refusal: 'caller-not-allowed', group };
  return { refusal: null, group };
}
