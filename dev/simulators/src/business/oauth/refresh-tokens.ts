import { randomBytes } from 'node:crypto';

/** Refresh tokens of a provider. A used one that comes again ends the grant (RFC 9700, 4.14.2). */
export class RefreshTokens {
  private readonly valid = new Set<string>();
  private readonly used = new Set<string>();
  /** How often one was used. */
  uses = 0;

  /** @param doesRotate a token is replaced each time it is used */
  constructor(
    private readonly doesRotate: boolean,
    ...given: readonly string[]
  ) {
    for (const token of given) this.valid.add(token);
  }

  issue(): string {
    const token = randomBytes(24).toString('base64url');
    this.valid.add(token);
    return token;
  }

  /** Returns the token to use next, the same one where they do not rotate; null for one that is refused. */
  use(token: string): string | null {
    if (this.used.has(token)) this.revoke();
    if (!this.valid.has(token)) return null;
    this.uses += 1;
    if (!this.doesRotate) return token;
    this.valid.delete(token);
    this.used.add(token);
    return this.issue();
  }

  revoke(): void {
    this.valid.clear();
  }
}
