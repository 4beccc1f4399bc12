import { hkdfSync } from 'node:crypto';

/** A key for one purpose, derived from the deployment's secret; no two purposes share a key. */
export interface DerivedKey {
  /** Identifies the secret it was derived from, so that the right key is found after rotation. */
  readonly keyId: string;
  readonly key: Uint8Array;
}

/**
 * Derives a 256-bit key for `purpose` from each secret; the first key encrypts and signs, all keys decrypt
 * and verify.
 */
export function deriveKeys(
  secrets: readonly string[],
  purpose: string,
): readonly [DerivedKey, ...DerivedKey[]] {
  const keys = secrets.map((secret): DerivedKey => {
    const derived = (info: string, length: number) =>
      new Uint8Array(hkdfSync('sha256', secret, 'tandem', info, length));
    return {
      keyId: Buffer.from(derived('key-id', 6)).toString('base64url'),
      key: derived(`purpose:${purpose}`, 32),
    };
  });
  const [first, ...rest] = keys;
  if (!first) throw new TypeError('deriveKeys needs at least one secret');
  return [first, ...rest];
}
