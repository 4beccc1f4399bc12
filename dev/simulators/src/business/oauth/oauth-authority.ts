import { createHash, randomBytes } from 'node:crypto';
import type { BusinessRequest, Reply } from '../business-simulator.ts';
import { RefreshTokens } from './refresh-tokens.ts';

export interface OAuthAuthorityOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUrl: string;
  readonly scope: string;
  /** Parameters an authorization request must have besides those of OAuth. */
  readonly needed: Readonly<Record<string, string>>;
  /** A refresh token is replaced each time it is used. */
  readonly doesRotate: boolean;
}

interface Grant {
  readonly challenge: string;
}

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const LIFETIME_S = 3_600;

/** The authorization server of a provider: RFC 6749 with an authorization code, and PKCE (RFC 7636). */
export class OAuthAuthority {
  private readonly codes = new Map<string, Grant>();
  private readonly accessTokens = new Set<string>();
  private readonly refreshTokens: RefreshTokens;

  constructor(readonly options: OAuthAuthorityOptions) {
    this.refreshTokens = new RefreshTokens(options.doesRotate);
  }

  /** How often tokens were refreshed. */
  get refreshes(): number {
    return this.refreshTokens.uses;
  }

  /** Lets the owner agree at an address. @returns where their browser is sent @throws Error */
  agree(address: string): URL {
    const { searchParams: asked } = new URL(address);
    const { clientId, redirectUrl, scope, needed } = this.options;
    const expected = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUrl,
      scope,
      code_challenge_method: 'S256',
      ...needed,
    };
    for (const [name, value] of Object.entries(expected))
      if (asked.get(name) !== value) throw new Error(`invalid_request: ${name} is ${asked.get(name)}`);
    const challenge = asked.get('code_challenge') ?? '';
    if (!CHALLENGE.test(challenge)) throw new Error('invalid_request: code_challenge');
    const code = randomBytes(24).toString('base64url');
    this.codes.set(code, { challenge });
    const back = new URL(redirectUrl);
    back.searchParams.set('code', code);
    back.searchParams.set('state', asked.get('state') ?? '');
    return back;
  }

  /** Returns credentials without a page. */
  grant(): { refreshToken: string; accessToken: string; expiresAtMs: number } {
    const { access_token: accessToken, refresh_token: refreshToken } = this.issue();
    return { accessToken, refreshToken, expiresAtMs: Date.now() + LIFETIME_S * 1_000 };
  }

  allows({ headers }: BusinessRequest): boolean {
    const [, token = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
    return this.accessTokens.has(token);
  }

  /** Ends all access tokens. */
  expire(): void {
    this.accessTokens.clear();
  }

  /** Ends the grant. */
  revoke(): void {
    this.expire();
    this.refreshTokens.revoke();
  }

  /** Returns the answer to a request for tokens. */
  token({ method, headers, text: body }: BusinessRequest): Reply {
    if (method !== 'POST') return { status: 405 };
    if (!/^application\/x-www-form-urlencoded\b/.test(headers['content-type'] ?? ''))
      return refused(400, 'invalid_request');
    const form = new URLSearchParams(body);
    const { clientId, clientSecret } = this.options;
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret)
      return refused(401, 'invalid_client');
    return this.grantOf(form);
  }

  private grantOf(form: URLSearchParams): Reply {
    const { redirectUrl } = this.options;
    const type = form.get('grant_type');
    if (type === 'refresh_token') return this.refresh(form.get('refresh_token') ?? '');
    if (type !== 'authorization_code') return refused(400, 'unsupported_grant_type');
    const isHere = form.get('redirect_uri') === redirectUrl;
    const isProven = this.redeem(form.get('code') ?? '', form.get('code_verifier') ?? '');
    return isHere && isProven ? json(200, this.issue()) : refused(400, 'invalid_grant');
  }

  private refresh(given: string): Reply {
    const next = this.refreshTokens.use(given);
    if (next === null) return refused(400, 'invalid_grant');
    // A provider that keeps the token does not repeat it.
    return json(200, this.issue(next === given ? null : next));
  }

  /** Uses up a code. @returns whether there was one, and the verifier is that of its challenge */
  private redeem(code: string, verifier: string): boolean {
    const known = this.codes.get(code);
    this.codes.delete(code);
    return known?.challenge === createHash('sha256').update(verifier).digest('base64url');
  }

  private issue(refresh: string | null = this.refreshTokens.issue()) {
    const access = randomBytes(24).toString('base64url');
    this.accessTokens.add(access);
    return {
      access_token: access,
      token_type: 'Bearer',
      expires_in: LIFETIME_S,
      scope: this.options.scope,
      ...(refresh === null ? {} : { refresh_token: refresh }),
    } as { access_token: string; refresh_token: string };
  }
}

export const json = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
  body: JSON.stringify(body),
});

const refused = (status: number, error: string): Reply =>
  json(status, { error, error_description: `The request was refused: ${error}.` });

/** Returns the object of a JSON body; null for anything else. */
export function objectOf(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
