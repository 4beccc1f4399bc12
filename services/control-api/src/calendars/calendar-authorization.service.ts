import { createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  authorizationUrl,
  CalendarFault,
  calendarApps,
  exchangeCode,
  isCalendarKind,
  type CalendarApp,
  type CalendarApps,
} from '@tandem/calendars';
import type { TenantId } from '@tandem/contracts';
import {
  CONFIG,
  deriveKeys,
  OutboundClient,
  SignedTokens,
  TokenRefused,
  type ServiceConfig,
} from '@tandem/platform';
import { z } from 'zod';
import { isOpenedByOAuth } from './calendar-access.ts';
import type { OAuthCallback } from './calendar-connection.dto.ts';
import { CalendarConnections } from './calendar-connections.service.ts';
import { authorizationRefused, oauthNotUsed, providerNotSetUp, stateRefused } from './calendar-problems.ts';

const PURPOSE = 'calendar-authorization';
const AUDIENCE = 'control-api';
const LIFETIME_S = 600;
const NONCE_BYTES = 24;
const TIMEOUT_MS = 15_000;

const stateSchema = z.object({
  tenantId: z.uuid().transform((id) => id as TenantId),
  connectionId: z.uuid(),
  nonce: z.string().length(32),
});

/**
 * Lets owners of calendars agree on a page of their provider (OAuth 2.0 with PKCE). The state that comes back
 * is signed; the verifier is derived from a key and the state, so that nothing is stored in between.
 */
@Injectable()
export class CalendarAuthorization {
  private readonly states: SignedTokens<typeof stateSchema>;
  private readonly key: Uint8Array;
  private readonly apps: CalendarApps;
  private readonly redirectUrl: string | undefined;

  constructor(
    @Inject(CONFIG) config: ServiceConfig<'control-api'>,
    private readonly connections: CalendarConnections,
    private readonly client: OutboundClient,
  ) {
    this.states = new SignedTokens(config.secrets, PURPOSE, stateSchema);
    this.key = deriveKeys(config.secrets, `${PURPOSE}-verifier`)[0].key;
    this.apps = calendarApps(config);
    this.redirectUrl = config.calendarRedirectUrl;
  }

  /**
   * Returns where the owner agrees.
   * @throws Problem 404, 422 `authorization-not-used`, `provider-not-set-up`
   */
  async begin(tenantId: TenantId, connectionId: string): Promise<string> {
    const { kind } = await this.connections.get(tenantId, connectionId);
    const { app, redirectUrl } = this.appOf(kind);
    const nonce = randomBytes(NONCE_BYTES).toString('base64url');
    const claims = { tenantId, connectionId, nonce };
    const state = await this.states.sign(claims, { audience: AUDIENCE, lifetimeS: LIFETIME_S });
    return authorizationUrl(app, { redirectUrl, state, verifier: this.verifierOf(nonce) });
  }

  /** Stores the credentials of a calendar whose owner agreed. @throws Problem 400, 404, 422 */
  async finish({ state, code, error }: OAuthCallback): Promise<void> {
    const { tenantId, connectionId, nonce } = await this.verify(state);
    if (code === undefined) throw authorizationRefused(/^\w{1,60}$/.test(error ?? '') ? error! : 'no code');
    const { kind } = await this.connections.get(tenantId, connectionId);
    const { app, redirectUrl } = this.appOf(kind);
    const verifier = this.verifierOf(nonce);
    try {
      const limits = { timeoutMs: TIMEOUT_MS, deadlineMs: Date.now() + TIMEOUT_MS };
      const credentials = await exchangeCode(this.client, app, { code, verifier, redirectUrl }, limits);
      await this.connections.authorize(tenantId, connectionId, credentials);
    } catch (fault) {
      if (fault instanceof CalendarFault) throw authorizationRefused(fault.code);
      throw fault;
    }
  }

  private async verify(state: string): Promise<z.output<typeof stateSchema>> {
    try {
      return await this.states.verify(state, AUDIENCE);
    } catch (error) {
      if (error instanceof TokenRefused) throw stateRefused();
      throw error;
    }
  }

  private appOf(kind: string): { app: CalendarApp; redirectUrl: string } {
    if (!isOpenedByOAuth(kind)) throw oauthNotUsed();
    const app = isCalendarKind(kind) ? this.apps[kind] : undefined;
    if (!app || this.redirectUrl === undefined) throw providerNotSetUp();
    return { app, redirectUrl: this.redirectUrl };
  }

  private verifierOf(nonce: string): string {
    return createHmac('sha256', this.key).update(nonce).digest('base64url');
  }
}
