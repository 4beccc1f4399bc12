import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { valueAt, type SalesforceCredentials, type SalesforceSettings } from '@tandem/contracts';
import type { AccessToken } from '../access-tokens.ts';
import type { PushContext } from '../crm-adapter.ts';
import { CrmFault } from '../crm-fault.ts';
import { faultOf, stringAt, tokenRequest, type CrmAnswer } from '../crm-http.ts';

/*
 * Access to Salesforce. Wire facts: "OAuth 2.0 Client Credentials Flow", "OAuth 2.0 JWT Bearer Flow" and
 * "OAuth 2.0 Refresh Token Flow" of Salesforce Help. Responses do not tell how long a token is valid.
 */

const AUTH_PAUSE_MS = 60_000;
/** How long a token is used: sessions last two hours unless set otherwise, and a refused one is renewed. */
const TOKEN_MS = 3_600_000;
/** Life of an assertion; Salesforce takes up to five minutes. */
const ASSERTION_S = 180;

/**
 * Returns a token for the connection. A refresh token may rotate; in the other ways, any number go at once.
 * @param refused the token that was refused before, if one was
 * @throws CrmFault
 */
export async function accessTo(context: PushContext, refused: string | null): Promise<AccessToken> {
  const credentials = context.credentials as SalesforceCredentials;
  if (credentials.kind !== 'refresh-token') return (await fetchToken(context, credentials)).access;
  return context.renew(refused, (now) => fetchToken(context, now as SalesforceCredentials));
}

async function fetchToken(
  context: PushContext,
  credentials: SalesforceCredentials,
): Promise<{ credentials: SalesforceCredentials; access: AccessToken }> {
  const { loginUrl } = context.settings as SalesforceSettings;
  const url = `${loginUrl.replace(/\/+$/, '')}/services/oauth2/token`;
  const answer = await context.http.send(tokenRequest(url, fieldsOf(credentials)));
  const [token, instance] = ['access_token', 'instance_url'].map((field) => valueAt(answer.json, field));
  if (answer.status !== 200 || typeof token !== 'string' || typeof instance !== 'string')
    throw tokenFault(answer);
  const replaced = valueAt(answer.json, 'refresh_token');
  const isReplaced = credentials.kind === 'refresh-token' && typeof replaced === 'string';
  return {
    credentials: isReplaced ? { ...credentials, refreshToken: replaced } : credentials,
    access: { token, baseUrl: instance.replace(/\/+$/, ''), expiresAt: Date.now() + TOKEN_MS },
  };
}

function fieldsOf(credentials: SalesforceCredentials): Record<string, string> {
  const { kind, clientId } = credentials;
  if (kind === 'jwt')
    return {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: assertionOf(credentials),
    };
  const { clientSecret } = credentials;
  const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
  if (kind === 'client-credentials')
    return { grant_type: 'client_credentials', client_id: clientId, ...secret };
  const { refreshToken } = credentials;
  return { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken, ...secret };
}

function assertionOf({
  clientId,
  username,
  audience,
  privateKey,
}: Extract<SalesforceCredentials, { kind: 'jwt' }>): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1_000) + ASSERTION_S;
  const claims = { iss: clientId, sub: username, aud: audience, exp };
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), keyOf(privateKey)).toString('base64url')}`;
}

function keyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new CrmFault('unavailable', 'private-key-unreadable', { retryAfterMs: AUTH_PAUSE_MS });
  }
}

function tokenFault(answer: CrmAnswer): CrmFault {
  const { status, json } = answer;
  const words = ['error', 'error_description'].flatMap((field) => stringAt(json, field) ?? []).join(': ');
  if (status === 429 || status >= 500) return faultOf(answer, words || null);
  return new CrmFault('unavailable', 'token-refused', {
    status,
    words: words || null,
    retryAfterMs: AUTH_PAUSE_MS,
  });
}
