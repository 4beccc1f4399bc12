import { Inject, Injectable, Logger } from '@nestjs/common';
import { SealBroken, Sealer } from '@tandem/call-state';
import { CONFIG, deriveKeys, FaultLog, type ServiceConfig } from '@tandem/platform';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type Configuration,
} from 'openid-client';
import { z } from 'zod';

/** How long a user may take with the provider. */
export const OIDC_STATE_MS = 10 * 60_000;
const CALLBACK = '/v1/session/oidc/callback';
const PLACE = 'oidc-state';
const SCOPES = 'openid email profile';
const TIMEOUT_S = 10;

const stateSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  expiresAtMs: z.number(),
});
const emailSchema = z.email().max(254).toLowerCase();

/** A user as the provider knows them. */
export interface Subject {
  readonly issuer: string;
  readonly subject: string;
  /** In lower case; null where the provider has not verified it. */
  readonly email: string | null;
}

/** An attempt with the provider that came to nothing; `code` goes to the console. */
export class OidcFailure extends Error {
  override readonly name = 'OidcFailure';
  constructor(
    readonly code: 'oidc-off' | 'oidc-unavailable' | 'oidc-refused' | 'oidc-expired',
    options?: ErrorOptions,
  ) {
    super(
      `The provider of users has signed nobody in: ${code}. Check the OIDC_… settings, or start again at ` +
        '/v1/session/oidc/start.',
      options,
    );
  }
}

/**
 * Signs people in by an OpenID Connect provider: authorization code with PKCE. State, nonce and verifier stay
 * sealed in a cookie of the browser that began, so another browser cannot finish.
 */
@Injectable()
export class Oidc {
  private readonly faults = new FaultLog(new Logger(Oidc.name), 'ask the provider of users');
  private readonly sealer: Sealer;
  private known: Promise<Configuration> | null = null;

  constructor(@Inject(CONFIG) private readonly config: ServiceConfig<'control-api'>) {
    this.sealer = new Sealer(deriveKeys(config.secrets, 'oidc sign-in'));
  }

  /** Returns the name of the provider; null without one. */
  get name(): string | null {
    return this.config.oidcIssuer === undefined ? null : this.config.oidcName;
  }

  /** Returns where the user goes, and the text for their cookie. @throws OidcFailure */
  async begin(): Promise<{ url: URL; cookie: string }> {
    const provider = await this.provider();
    const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()];
    const url = buildAuthorizationUrl(provider, {
      redirect_uri: this.callback().href,
      scope: SCOPES,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const expiresAtMs = Date.now() + OIDC_STATE_MS;
    return { url, cookie: this.sealer.seal({ state, nonce, verifier, expiresAtMs }, PLACE) };
  }

  /**
   * Returns the user the provider has sent back.
   * @param search the query of the request, with the question mark
   * @throws OidcFailure
   */
  async finish(search: string, cookie: string | null): Promise<Subject> {
    const { state, nonce, verifier } = this.stateOf(cookie);
    const provider = await this.provider();
    const address = this.callback();
    address.search = search;
    try {
      const tokens = await authorizationCodeGrant(provider, address, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new OidcFailure('oidc-refused');
      const email = emailSchema.safeParse(claims['email']);
      const isVerified = claims['email_verified'] === true && email.success;
      return { issuer: claims.iss, subject: claims.sub, email: isVerified ? email.data : null };
    } catch (error) {
      if (error instanceof OidcFailure) throw error;
      throw new OidcFailure('oidc-refused', { cause: error });
    }
  }

  private stateOf(cookie: string | null) {
    try {
      const state = stateSchema.safeParse(cookie === null ? null : this.sealer.open(cookie, PLACE));
      if (state.success && state.data.expiresAtMs > Date.now()) return state.data;
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
    }
    throw new OidcFailure('oidc-expired');
  }

  private callback(): URL {
    return new URL(CALLBACK, this.config.consoleUrl);
  }

  /** Reads the discovery document once; a failure is tried again by the next user. */
  private async provider(): Promise<Configuration> {
    const { oidcIssuer: issuer, oidcClientId: id, oidcClientSecret: secret } = this.config;
    if (issuer === undefined || id === undefined) throw new OidcFailure('oidc-off');
    const isOnThisMachine = new URL(issuer).protocol === 'http:';
    // Tokens are checked by their signature too, not by the connection they came over alone.
    const execute = [enableNonRepudiationChecks, ...(isOnThisMachine ? [allowInsecureRequests] : [])];
    this.known ??= discovery(new URL(issuer), id, secret, undefined, { execute, timeout: TIMEOUT_S });
    try {
      const provider = await this.known;
      this.faults.succeeded();
      return provider;
    } catch (error) {
      this.known = null;
      this.faults.failed(error);
      throw new OidcFailure('oidc-unavailable', { cause: error });
    }
  }
}
