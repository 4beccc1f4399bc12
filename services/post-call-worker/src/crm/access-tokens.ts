import { z } from 'zod';

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

const keptSchema = z.object({
  access: z.object({ token: z.string(), baseUrl: z.string(), expiresAt: z.number(), version: z.string() }),
});

/**
 * Returns the token that another worker left with the credentials; null for none that is valid.
 * @param refused a token that the CRM does not take any more
 */
export function tokenIn(credentials: unknown, version: string, refused: string | null): AccessToken | null {
  const access = keptSchema.safeParse(credentials).data?.access;
  if (access?.version !== version || access.token === refused || !isLasting(access)) return null;
  return access;
}

const isLasting = ({ expiresAt }: AccessToken): boolean => expiresAt - MARGIN_MS > Date.now();

/** Tokens of connections, in this process only. */
export class AccessTokens {
  private readonly kept = new Map<string, AccessToken & { version: string; isRefused: boolean }>();
  /** Requests under way: the pushes of this process wait for one. */
  private readonly fetching = new Map<string, Promise<AccessToken>>();

  /**
   * Returns the token of a connection, fetched when there is none that is valid.
   * @param fetch is told the token that was refused, if one was
   */
  async get(
    connectionId: string,
    version: string,
    fetch: (refused: string | null) => Promise<AccessToken>,
  ): Promise<AccessToken> {
    const known = this.kept.get(connectionId);
    if (known?.version === version && !known.isRefused && isLasting(known)) return known;
    const key = `${connectionId} ${version}`;
    const refused = known?.isRefused ? known.token : null;
    const pending = this.fetching.get(key) ?? fetch(refused).finally(() => this.fetching.delete(key));
    this.fetching.set(key, pending);
    const fetched = await pending;
    this.kept.delete(connectionId);
    this.kept.set(connectionId, { ...fetched, version, isRefused: false });
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MOST_TOKENS) break;
      this.kept.delete(oldest);
    }
    return fetched;
  }

  /** Uses a token no more that was refused. */
  refuse(connectionId: string, token: string): void {
    const known = this.kept.get(connectionId);
    if (known?.token === token) known.isRefused = true;
  }
}
