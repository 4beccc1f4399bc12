import { errors, jwtVerify, SignJWT } from 'jose';
import type { z } from 'zod';
import { deriveKeys, type DerivedKey } from './secrets.ts';

export type TokenRefusal = 'malformed' | 'expired' | 'wrong-audience' | 'forged';

/** A token was refused; the reason is a label for the counter. It never contains the token. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  constructor(readonly reason: TokenRefusal) {
    super(`Token refused: ${reason}.`);
  }
}

/** Longest token that is verified; ours are under 500 characters. */
const MAX_TOKEN_LENGTH = 2048;

/**
 * Signs and verifies short-lived claims for one purpose (stream tickets, callback tokens, requests between
 * services): JWT with HS256 only, key id in the header.
 */
export class SignedTokens<Schema extends z.ZodType> {
  private readonly keys: readonly [DerivedKey, ...DerivedKey[]];

  constructor(
    secrets: readonly string[],
    purpose: string,
    private readonly claims: Schema,
  ) {
    this.keys = deriveKeys(secrets, `token:${purpose}`);
  }

  async sign(claims: z.input<Schema>, options: { audience: string; lifetimeS: number }): Promise<string> {
    const [current] = this.keys;
    return new SignJWT({ c: claims })
      .setProtectedHeader({ alg: 'HS256', kid: current.keyId })
      .setAudience(options.audience)
      .setExpirationTime(Math.floor(Date.now() / 1000) + options.lifetimeS)
      .sign(current.key);
  }

  /** @throws TokenRefused */
  async verify(token: string, audience: string): Promise<z.output<Schema>> {
    if (token.length > MAX_TOKEN_LENGTH) throw new TokenRefused('malformed');
    try {
      const { payload } = await jwtVerify(token, (header) => this.keyOf(header.kid), {
        algorithms: ['HS256'],
        audience,
        requiredClaims: ['exp', 'aud'],
      });
      const parsed = this.claims.safeParse(payload.c);
      if (!parsed.success) throw new TokenRefused('malformed');
      return parsed.data;
    } catch (error) {
      throw error instanceof TokenRefused ? error : new TokenRefused(refusalOf(error));
    }
  }

  private keyOf(keyId: string | undefined): Uint8Array {
    const found = this.keys.find((candidate) => candidate.keyId === keyId);
    if (!found) throw new TokenRefused('forged');
    return found.key;
  }
}

function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === 'aud' ? 'wrong-audience' : 'malformed';
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed)
    return 'forged';
  return 'malformed';
}
