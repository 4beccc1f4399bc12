import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A key of a provider: signs ID tokens (RS256), and publishes its public half (RFC 7517). */
export class SigningKey {
  private readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;

  constructor(private readonly keyId: string) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    this.privateKey = privateKey;
    this.jwk = { ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'RS256', use: 'sig' };
  }

  /** Returns the claims as a JWS in compact form. */
  sign(claims: Readonly<Record<string, unknown>>): string {
    const content = `${encoded({ alg: 'RS256', typ: 'JWT', kid: this.keyId })}.${encoded(claims)}`;
    return `${content}.${sign('sha256', Buffer.from(content), this.privateKey).toString('base64url')}`;
  }
}
