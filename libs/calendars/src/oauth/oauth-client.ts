import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CalendarFault } from '../calendar-fault.ts';
import { sendOnce, type Authorization, type HttpAnswer, type HttpClient } from '../http/calendar-http.ts';
import type { HttpLimits } from '../http/calendar-http.ts';

/* OAuth 2.0 with an authorization code (RFC 6749, 4.1), PKCE (RFC 7636) and refresh tokens. */

/** An application as it is registered with a provider. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenUrl: string;
  readonly authorizeUrl: string;
  readonly scope: string;
  /** Parameters of its own of the authorization request. */
  readonly extra: Readonly<Record<string, string>>;
}

const oauthCredentialsSchema = z.object({
  refreshToken: z.string(),
  accessToken: z.string(),
  /** Unix time in ms. */
  expiresAtMs: z.number(),
});
export type OAuthCredentials = z.output<typeof oauthCredentialsSchema>;

const tokensSchema = z.object({
  access_token: z.string().min(1).max(16_384),
  refresh_token: z.string().min(1).max(16_384).optional(),
  expires_in: z.coerce.number().positive().default(3_600),
});

/** An access token that ends sooner is renewed before it is used. */
const MARGIN_MS = 60_000;

/** Returns the address at which the owner of a calendar agrees. */
export function authorizationUrl(
  { authorizeUrl, clientId, scope, extra }: OAuthApp,
  { redirectUrl, state, verifier }: { redirectUrl: string; state: string; verifier: string },
): string {
  const url = new URL(authorizeUrl);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUrl,
    scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...extra,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.toString();
}

/** Returns the credentials for a code. @throws CalendarFault */
export function exchangeCode(
  client: HttpClient,
  app: OAuthApp,
  { code, verifier, redirectUrl }: { code: string; verifier: string; redirectUrl: string },
  limits: HttpLimits,
): Promise<OAuthCredentials> {
  const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUrl };
  return requestTokens(client, app, form, limits, null);
}

/**
 * Renews credentials, one at a time of a calendar, and stores them before they are used.
 * @param current returns credentials of another one that are still good; null when they must be renewed
 * @param request asks the provider, given the credentials of now
 */
export type RenewCredentials = (steps: {
  current: (stored: unknown) => OAuthCredentials | null;
  request: (stored: unknown) => Promise<OAuthCredentials>;
}) => Promise<OAuthCredentials>;

/** Access tokens of one calendar. */
export class OAuthAuthorization implements Authorization {
  constructor(
    private readonly client: HttpClient,
    private readonly app: OAuthApp,
    private credentials: OAuthCredentials,
    private readonly renewed: RenewCredentials,
    private readonly limits: HttpLimits,
  ) {}

  async header(isRefused: boolean): Promise<string> {
    if (isRefused || !isLasting(this.credentials)) await this.renew(isRefused);
    return `Bearer ${this.credentials.accessToken}`;
  }

  private async renew(isRefused: boolean): Promise<void> {
    const refused = isRefused ? this.credentials.accessToken : null;
    this.credentials = await this.renewed({
      current: (stored) => {
        const now = credentialsIn(stored);
        return isLasting(now) && now.accessToken !== refused ? now : null;
      },
      request: (stored) => {
        const { refreshToken } = credentialsIn(stored);
        const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
        return requestTokens(this.client, this.app, form, this.limits, refreshToken);
      },
    });
  }
}

const isLasting = ({ expiresAtMs }: OAuthCredentials): boolean => expiresAtMs - MARGIN_MS >= Date.now();

/** Returns credentials as they were stored. @throws CalendarFault for others */
export function credentialsIn(stored: unknown): OAuthCredentials {
  const found = oauthCredentialsSchema.safeParse(stored);
  if (!found.success) throw new CalendarFault('needs-authorization', 'no-credentials');
  return found.data;
}

async function requestTokens(
  client: HttpClient,
  { tokenUrl, clientId, clientSecret }: OAuthApp,
  form: Readonly<Record<string, string>>,
  limits: HttpLimits,
  refreshToken: string | null,
): Promise<OAuthCredentials> {
  const body = new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret });
  const answer = await sendOnce(
    client,
    {
      method: 'POST',
      url: tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: body.toString(),
    },
    limits,
  );
  if (answer.status !== 200) throw tokenFault(answer);
  const tokens = tokensSchema.safeParse(parseJson(answer.text));
  const next = tokens.success ? (tokens.data.refresh_token ?? refreshToken) : null;
  // Without a refresh token the connection would end with the first access token.
  if (!tokens.success || next === null) throw new CalendarFault('needs-authorization', 'no-refresh-token');
  const { access_token: accessToken, expires_in: seconds } = tokens.data;
  return { refreshToken: next, accessToken, expiresAtMs: Date.now() + seconds * 1_000 };
}

/** `invalid_grant` means that the grant has ended; anything else is a fault of the deployment or provider. */
function tokenFault({ status, text, retryAfterMs }: HttpAnswer): CalendarFault {
  const body = parseJson(text) as { error?: unknown } | null;
  const code = typeof body?.error === 'string' ? body.error : '';
  if (code === 'invalid_grant') return new CalendarFault('needs-authorization', 'authorization-ended');
  if (code === 'invalid_client') return new CalendarFault('unavailable', 'client-refused');
  return new CalendarFault('unavailable', `token-http-${status}`, retryAfterMs);
}

/** Returns null for text that is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
