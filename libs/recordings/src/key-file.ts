import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export interface WrappedKey {
  readonly keyId: string;
  /** In base64. */
  readonly wrapped: string;
}

/**
 * Wraps data keys under a key-encryption key, from a file or in a key management service. `purpose` binds a
 * wrapped key to its recording.
 */
export interface KeyWrapper {
  wrap(dataKey: Uint8Array, purpose: string): Promise<WrappedKey>;
  /** @throws KeyUnknown when the key is missing, or the wrapped key has been changed */
  unwrap(wrapped: WrappedKey, purpose: string): Promise<Uint8Array>;
}

export class KeyUnknown extends Error {
  override readonly name = 'KeyUnknown';
  constructor(readonly keyId: string) {
    super(
      `Recordings under the key "${keyId}" cannot be opened: the key file has no such key, or the ` +
        `recording's key was changed. Keep old keys in the file behind the newest one until every ` +
        'recording is rewrapped.',
    );
  }
}

export class KeyFileUnusable extends Error {
  override readonly name = 'KeyFileUnusable';
  constructor(path: string, what: string) {
    super(
      `The key file ${path} cannot be used: ${what}. It is JSON: {"keys":[{"id":"2026-11","key":"<32 ` +
        'bytes in base64>"}]}, the newest key first.',
    );
  }
}

const fileSchema = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/),
        key: z.base64().refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes'),
      }),
    )
    .min(1)
    .max(50),
});

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Key-encryption keys in a file: the first wraps, all unwrap. */
export class KeyFile implements KeyWrapper {
  private readonly keys: ReadonlyMap<string, Uint8Array>;
  private readonly newest: string;

  /** @throws KeyFileUnusable */
  constructor(path: string) {
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
      throw new KeyFileUnusable(
        path,
        error instanceof SyntaxError
          ? 'it is not JSON'
          : ((error as NodeJS.ErrnoException).code ?? 'it cannot be read'),
      );
    }
    const parsed = fileSchema.safeParse(content);
    if (!parsed.success)
      throw new KeyFileUnusable(
        path,
        parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
      );
    this.keys = new Map(parsed.data.keys.map(({ id, key }) => [id, Buffer.from(key, 'base64')]));
    this.newest = parsed.data.keys[0]?.id ?? '';
  }

  wrap(dataKey: Uint8Array, purpose: string): Promise<WrappedKey> {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keyOf(this.newest), iv).setAAD(Buffer.from(purpose));
    const wrapped = Buffer.concat([iv, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
    return Promise.resolve({ keyId: this.newest, wrapped: wrapped.toString('base64') });
  }

  unwrap({ keyId, wrapped }: WrappedKey, purpose: string): Promise<Uint8Array> {
    const bytes = Buffer.from(wrapped, 'base64');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.keyOf(keyId), bytes.subarray(0, IV_BYTES)).setAAD(
        Buffer.from(purpose),
      );
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Promise.resolve(
        Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]),
      );
    } catch {
      return Promise.reject(new KeyUnknown(keyId));
    }
  }

  private keyOf(keyId: string): Uint8Array {
    const key = this.keys.get(keyId);
    if (!key) throw new KeyUnknown(keyId);
    return key;
  }
}
