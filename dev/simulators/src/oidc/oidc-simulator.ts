import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SigningKey } from './signed-claims.ts';

/** The client as it is registered. */
export interface OidcClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUrl: string;
}

/** A person with an account at the provider. */
export interface OidcPerson {
  readonly sub: string;
  readonly email: string;
  readonly isEmailVerified: boolean;
}

/** A fault of the ID token, which its receiver has to notice. */
export type OidcFault = 'nonce' | 'audience' | 'issuer' | 'signature' | 'expired';

interface Grant {
  readonly person: OidcPerson;
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUrl: string;
}

interface Refusal {
  readonly error: string;
  readonly why: string;
}

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const LIFETIME_S = 300;

/**
 * An OpenID Connect provider on this machine, strict about what OpenID Connect Core 1.0, RFC 7636 and RFC
 * 9700 ask of a client: exact redirect address, state, nonce, S256, each code once and with its verifier.
 * Nobody types anything: the person who is set is the one who signs in.
 */
export class OidcSimulator {
  private readonly key = new SigningKey('key-1');
  private readonly otherKey = new SigningKey('key-1');
  private readonly grants = new Map<string, Grant>();
  /** Refusals so far. */
  readonly refusals: Refusal[] = [];
  fault: OidcFault | null = null;
  person: OidcPerson = { sub: 'subject-1', email: 'robin@example.com', isEmailVerified: true };

  private constructor(
    private readonly server: Server,
    readonly client: OidcClient,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.answer(request, response);
    });
  }

  static async start(client: OidcClient): Promise<OidcSimulator> {
    const server = createServer();
    const simulator = new OidcSimulator(server, client);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return simulator;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    const route = `${request.method} ${url.pathname}`;
    if (route === 'GET /.well-known/openid-configuration') return json(response, 200, this.metadata());
    if (route === 'GET /jwks') return json(response, 200, { keys: [this.key.jwk] });
    if (route === 'GET /authorize') return this.authorize(url.searchParams, response);
    if (route === 'POST /token') return this.token(request, response);
    return json(response, 404, { error: 'not_found' });
  }

  private metadata() {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  private authorize(asked: URLSearchParams, response: ServerResponse): void {
    const value = (name: string) => asked.get(name) ?? '';
    const { clientId, redirectUrl } = this.client;
    // An address that is not registered is never sent anything.
    if (value('client_id') !== clientId || value('redirect_uri') !== redirectUrl)
      return this.refuse(response, 'invalid_request', 'client_id or redirect_uri is not registered');
    const wrong = [
      ['response_type', value('response_type') === 'code'],
      ['scope', value('scope').split(' ').includes('openid')],
      ['state', value('state').length >= 16],
      ['nonce', value('nonce').length >= 16],
      ['code_challenge_method', value('code_challenge_method') === 'S256'],
      ['code_challenge', CHALLENGE.test(value('code_challenge'))],
    ].find(([, isRight]) => !isRight);
    if (wrong) return this.refuse(response, 'invalid_request', String(wrong[0]));
    const code = randomBytes(24).toString('base64url');
    const grant = { nonce: value('nonce'), challenge: value('code_challenge'), redirectUrl };
    this.grants.set(code, { person: this.person, ...grant });
    const back = new URL(redirectUrl);
    back.search = new URLSearchParams({ code, state: value('state'), iss: this.issuer }).toString();
    response.writeHead(302, { location: back.href }).end();
  }

  private async token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    if (!this.isClient(request, form)) return this.refuse(response, 'invalid_client', 'secret', 401);
    if (form.get('grant_type') !== 'authorization_code')
      return this.refuse(response, 'unsupported_grant_type', 'grant_type');
    const code = form.get('code') ?? '';
    const grant = this.grants.get(code);
    this.grants.delete(code);
    if (!grant) return this.refuse(response, 'invalid_grant', 'code');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (challenge !== grant.challenge) return this.refuse(response, 'invalid_grant', 'code_verifier');
    if (form.get('redirect_uri') !== grant.redirectUrl)
      return this.refuse(response, 'invalid_grant', 'redirect_uri');
    return json(response, 200, {
      access_token: randomBytes(24).toString('base64url'),
      token_type: 'Bearer',
      expires_in: LIFETIME_S,
      id_token: this.idToken(grant),
    });
  }

  private isClient({ headers }: IncomingMessage, form: URLSearchParams): boolean {
    const { clientId, clientSecret } = this.client;
    const pair = [clientId, clientSecret].map(encodeURIComponent).join(':');
    const basic = `Basic ${Buffer.from(pair).toString('base64')}`;
    if (headers.authorization !== undefined) return headers.authorization === basic;
    return form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
  }

  private idToken({ person, nonce }: Grant): string {
    const now = Math.floor(Date.now() / 1_000) - (this.fault === 'expired' ? 2 * LIFETIME_S : 0);
    const key = this.fault === 'signature' ? this.otherKey : this.key;
    return key.sign({
      iss: this.fault === 'issuer' ? 'https://elsewhere.example' : this.issuer,
      aud: this.fault === 'audience' ? 'another-client' : this.client.clientId,
      sub: person.sub,
      email: person.email,
      email_verified: person.isEmailVerified,
      nonce: this.fault === 'nonce' ? 'of another sign-in' : nonce,
      iat: now,
      exp: now + LIFETIME_S,
    });
  }

  private refuse(response: ServerResponse, error: string, why: string, status = 400): void {
    this.refusals.push({ error, why });
    json(response, status, { error, error_description: why });
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
