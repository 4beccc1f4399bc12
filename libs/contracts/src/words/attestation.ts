import { z } from 'zod';

/**
 * The carrier's finding on a caller's right to their number (STIR/SHAKEN), in its own words:
 * `TN-Validation-Passed-A`, `TN-Validation-Failed-C`, `No-TN-Validation`.
 */
export const attestationSchema = z.string().max(64);

/** `none`: the number is not signed, or the carrier does not say, as for calls from outside North America. */
type NumberValidation = 'passed' | 'failed' | 'none';

export function validationOf(attestation: string | null): NumberValidation {
  const verdict = /^TN-Validation-(Passed|Failed)\b/i.exec(attestation ?? '')?.[1]?.toLowerCase();
  return verdict === 'passed' || verdict === 'failed' ? verdict : 'none';
}
