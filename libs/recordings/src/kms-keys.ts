import { z } from 'zod';
import type { SignedFetch } from './aws-client.ts';
import { KeyUnknown, type KeyWrapper, type WrappedKey } from './key-file.ts';

/** An error response of the key management service. */
export class KmsFailed extends Error {
  override readonly name = 'KmsFailed';
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(
      `The key management service answered ${status} (${code}). Check the key's policy, its state and ` +
        'the region; without it nothing is recorded or played.',
    );
  }
}

const encrypted = z.object({ CiphertextBlob: z.base64(), KeyId: z.string().max(200) });
const decrypted = z.object({ Plaintext: z.base64() });
/** Errors about the key or the wrapped key that a retry does not change. */
const NOT_OURS = ['InvalidCiphertextException', 'IncorrectKeyException', 'NotFoundException'];

/** Wraps data keys with AWS KMS or a compatible service: Encrypt and Decrypt with an encryption context. */
export class KmsKeys implements KeyWrapper {
  constructor(
    private readonly client: SignedFetch,
    /** Such as `https://kms.eu-central-1.amazonaws.com`. */
    private readonly endpoint: string,
    /** Id, ARN or alias of the key. */
    private readonly keyId: string,
  ) {}

  async wrap(dataKey: Uint8Array, purpose: string): Promise<WrappedKey> {
    const { CiphertextBlob, KeyId } = encrypted.parse(
      await this.request('Encrypt', {
        KeyId: this.keyId,
        Plaintext: Buffer.from(dataKey).toString('base64'),
        EncryptionContext: { recording: purpose },
      }),
    );
    return { keyId: KeyId, wrapped: CiphertextBlob };
  }

  async unwrap({ keyId, wrapped }: WrappedKey, purpose: string): Promise<Uint8Array> {
    try {
      return Buffer.from(
        decrypted.parse(
          await this.request('Decrypt', {
            KeyId: keyId,
            CiphertextBlob: wrapped,
            EncryptionContext: { recording: purpose },
          }),
        ).Plaintext,
        'base64',
      );
    } catch (error) {
      if (error instanceof KmsFailed && NOT_OURS.includes(error.code)) throw new KeyUnknown(keyId);
      throw error;
    }
  }

  private async request(operation: 'Encrypt' | 'Decrypt', body: object): Promise<unknown> {
    const response = await this.client.fetch(this.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    });
    const reply: unknown = await response.json().catch(() => ({}));
    if (response.ok) return reply;
    const { __type } = z
      .object({ __type: z.string().max(200) })
      .partial()
      .parse(reply);
    throw new KmsFailed(response.status, __type?.split('#').at(-1) ?? 'unknown');
  }
}
