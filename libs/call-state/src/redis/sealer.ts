import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';

interface SealingKey {
  /** Names the key in its sealed texts; no dots. */
  readonly keyId: string;
  /** 256 bits. */
  readonly key: Uint8Array;
}

const KEEP_PREVIOUS_SECRET =
  'Keep the previous TANDEM_SECRET behind the new one until the last call that used it is over.';

/** Sealed text that cannot be opened: another key, another place, or damage. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
  constructor(readonly reason: 'malformed' | 'unknown-key' | 'damaged') {
    super(
      `Sealed data cannot be read: ${reason}.` + (reason === 'unknown-key' ? ` ${KEEP_PREVIOUS_SECRET}` : ''),
    );
  }
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals and opens personal data that passes through Redis: AES-256-GCM, bound to the place of the value, so
 * that a value copied elsewhere does not open. The first key seals, every key opens.
 */
export class Sealer {
  private readonly newest: { readonly keyId: string; readonly key: KeyObject };
  private readonly keys: ReadonlyMap<string, KeyObject>;

  constructor(keys: readonly [SealingKey, ...SealingKey[]]) {
    this.keys = new Map(keys.map(({ keyId, key }) => [keyId, createSecretKey(key)]));
    this.newest = { keyId: keys[0].keyId, key: this.keys.get(keys[0].keyId) as KeyObject };
  }

  seal(value: unknown, place: string): string {
    const { keyId, key } = this.newest;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
    const body = Buffer.concat([
      iv,
      cipher.update(JSON.stringify(value), 'utf8'),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return `${keyId}.${body.toString('base64url')}`;
  }

  /** @throws SealBroken */
  open(sealed: string, place: string): unknown {
    const [keyId, text] = sealed.split('.');
    const body = Buffer.from(text ?? '', 'base64url');
    if (!keyId || body.length < IV_BYTES + TAG_BYTES) throw new SealBroken('malformed');
    const key = this.keys.get(keyId);
    if (!key) throw new SealBroken('unknown-key');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, IV_BYTES)).setAAD(
        Buffer.from(place),
      );
      decipher.setAuthTag(body.subarray(-TAG_BYTES));
      const plain = Buffer.concat([decipher.update(body.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
      return JSON.parse(plain.toString('utf8')) as unknown;
    } catch {
      throw new SealBroken('damaged');
    }
  }
}
