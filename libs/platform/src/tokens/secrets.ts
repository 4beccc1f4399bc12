import { hkdfSync } from 'node:crypto';

/** A key of one purpose, derived from the deployment's secret so that no two purposes share one. */
export interface DerivedKey {
  /** Names the secret it came from, so that a reader finds the right one after rotation. */
  readonly keyId: string;
  readonly key: Uint8Array;
}

/**
 * Derives a 256-bit key for `purpose` from each secret; the first one is for writing, all are for reading.
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
