/** A token that opens a CRM for a while. */
export interface AccessToken {
  readonly token: string;
  /** Where it is valid. */
  readonly baseUrl: string;
  readonly expiresAt: number;
}

/** How long before its end a token is no longer used. */
const MARGIN_MS = 60_000;
/** Most tokens kept: those used longest ago go first. */
const MOST_TOKENS = 1_000;

/** Tokens of connections, in this process only. */
export class AccessTokens {
  private readonly kept = new Map<string, AccessToken & { readonly version: string }>();
  /** Requests under way: a refresh token that rotates may be used once. */
  private readonly fetching = new Map<string, Promise<AccessToken>>();

  /** Returns the token of a connection, fetched when there is none that is valid. */
  async get(connectionId: string, version: string, fetch: () => Promise<AccessToken>): Promise<AccessToken> {
    const known = this.kept.get(connectionId);
    if (known?.version === version && known.expiresAt - MARGIN_MS > Date.now()) return known;
    const key = `${connectionId} ${version}`;
    const pending = this.fetching.get(key) ?? fetch().finally(() => this.fetching.delete(key));
    this.fetching.set(key, pending);
    const fetched = await pending;
    this.kept.delete(connectionId);
    this.kept.set(connectionId, { ...fetched, version });
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MOST_TOKENS) break;
      this.kept.delete(oldest);
    }
    return fetched;
  }

  /** Forgets a token that was refused. */
  drop(connectionId: string): void {
    this.kept.delete(connectionId);
  }
}
