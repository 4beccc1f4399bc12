import { valueAt, type HubspotCredentials, type HubspotSettings, type JsonValue } from '@tandem/contracts';
import type { AccessToken } from '../access-tokens.ts';
import type { PushContext } from '../crm-adapter.ts';
import { CrmFault } from '../crm-fault.ts';
import { faultOf, jsonHeaders, stringAt, tokenRequest, type CrmAnswer } from '../crm-http.ts';

/*
 * Requests to HubSpot. Wire facts: "Error handling", "API usage guidelines" and "OAuth | v1" of its
 * developers' documentation.
 */

/** How long a connection rests after its token was refused. */
const AUTH_PAUSE_MS = 60_000;
/** How long it rests when the limit of the day is reached and no time is named. */
const DAILY_PAUSE_MS = 900_000;
const ROLLING_PAUSE_MS = 10_000;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';

export class HubspotSession {
  readonly settings: HubspotSettings;
  lastStatus = 0;
  /** The token of the last request. */
  private token = '';

  constructor(private readonly context: PushContext) {
    this.settings = context.settings as HubspotSettings;
  }

  /** Returns the response. @param allowed statuses that are no fault @throws CrmFault */
  async ask(
    method: Method,
    path: string,
    body: JsonValue = null,
    allowed: readonly number[] = [],
  ): Promise<CrmAnswer> {
    let answer = await this.send(method, path, body);
    if (answer.status === 401 && this.credentials.kind === 'oauth') {
      this.context.tokens.refuse(this.context.connectionId, this.token);
      answer = await this.send(method, path, body);
    }
    this.lastStatus = answer.status;
    const { status } = answer;
    if ((status >= 200 && status < 300) || allowed.includes(status)) return answer;
    throw this.fault(answer);
  }

  private get credentials(): HubspotCredentials {
    return this.context.credentials as HubspotCredentials;
  }

  private async send(method: Method, path: string, body: JsonValue): Promise<CrmAnswer> {
    const { token, baseUrl } = await this.access();
    this.token = token;
    return this.context.http.send({
      method,
      url: `${baseUrl}${path}`,
      headers: { ...jsonHeaders, authorization: `Bearer ${token}`, 'user-agent': 'Tandem' },
      body: body === null ? null : JSON.stringify(body),
    });
  }

  private async access(): Promise<AccessToken> {
    const { credentials, context } = this;
    const baseUrl = this.settings.baseUrl.replace(/\/+$/, '');
    if (credentials.kind === 'private-app')
      return { token: credentials.token, baseUrl, expiresAt: Number.POSITIVE_INFINITY };
    return context.tokens.get(context.connectionId, context.credentialsVersion, (refused) =>
      context.renew(refused, (now) => this.refresh(baseUrl, now as HubspotCredentials)),
    );
  }

  private async refresh(
    baseUrl: string,
    credentials: HubspotCredentials,
  ): Promise<{ credentials: HubspotCredentials; access: AccessToken }> {
    if (credentials.kind !== 'oauth') throw new CrmFault('unavailable', 'credentials-replaced');
    const { clientId, clientSecret, refreshToken } = credentials;
    const answer = await this.context.http.send(
      tokenRequest(`${baseUrl}/oauth/v1/token`, {
        grant_type: 'refresh_token',
        client_id: clientId,
        client_secret: clientSecret,
        refresh_token: refreshToken,
      }),
    );
    const token = valueAt(answer.json, 'access_token');
    if (answer.status !== 200 || typeof token !== 'string') throw tokenFault(answer);
    const seconds = valueAt(answer.json, 'expires_in');
    const replaced = valueAt(answer.json, 'refresh_token');
    const expiresAt = Date.now() + (typeof seconds === 'number' ? seconds : 1_800) * 1_000;
    return {
      credentials: { ...credentials, refreshToken: typeof replaced === 'string' ? replaced : refreshToken },
      access: { token, baseUrl, expiresAt },
    };
  }

  private fault(answer: CrmAnswer): CrmFault {
    const { status, json } = answer;
    const words = wordsOf(answer);
    if (status === 401)
      return new CrmFault('unavailable', 'http-401', { status, words, retryAfterMs: AUTH_PAUSE_MS });
    // A scope that is missing for this kind of record; others may be written.
    if (status === 403) return new CrmFault('failed', 'http-403', { status, words });
    if (status !== 429) return faultOf(answer, words);
    const isDaily = stringAt(json, 'policyName')?.includes('DAILY');
    const retryAfterMs = answer.retryAfterMs ?? (isDaily ? DAILY_PAUSE_MS : ROLLING_PAUSE_MS);
    return new CrmFault('unavailable', 'http-429', { status, words, retryAfterMs });
  }
}

function tokenFault(answer: CrmAnswer): CrmFault {
  const { status } = answer;
  if (status === 429 || status >= 500) return faultOf(answer, wordsOf(answer));
  return new CrmFault('unavailable', 'token-refused', {
    status,
    words: wordsOf(answer),
    retryAfterMs: AUTH_PAUSE_MS,
  });
}

function wordsOf({ json, text }: CrmAnswer): string | null {
  return stringAt(json, 'message') ?? (text === '' ? null : text);
}
