import { z } from 'zod';

/**
 * What the carrier found out about a caller's right to their number (STIR/SHAKEN), in its own words:
 * `TN-Validation-Passed-A`, `TN-Validation-Failed-C`, `No-TN-Validation`.
 */
export const attestationSchema = z.string().max(64);

/**
 * `none`: nobody has signed for the number, or the carrier says nothing of it, as of calls from outside North
 * America.
 */
type NumberValidation = 'passed' | 'failed' | 'none';

export function validationOf(attestation: string | null): NumberValidation {
  const verdict = /^TN-Validation-(Passed|Failed)\b/i.exec(attestation ?? '')?.[1]?.toLowerCase();
  return verdict === 'passed' || verdict === 'failed' ? verdict : 'none';
}
