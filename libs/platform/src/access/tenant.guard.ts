import { Inject, Injectable, Optional, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { SERVICE_TOKEN_PURPOSE, serviceTokenSchema, type TenantId } from '@tandem/contracts';
import type { Request, Response } from 'express';
import { Problem } from '../http/problem.ts';
import { CONFIG } from '../lifecycle/tokens.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { SignedTokens, TokenRefused } from '../tokens/signed-token.ts';
import type { AuthorisedRequest, Principal } from './principal.ts';
import { RateLimit } from './rate-limit.ts';
import { checkReauthentication, IsReauthenticated } from './reauthentication.ts';
import { UserSessions } from './user-sessions.ts';

/** The API keys of all tenants; a service provides them under {@link API_KEYS}. */
export interface ApiKeys {
  /** Returns id, tenant and scopes of a key in use, null for any other. */
  findActive(
    key: string,
  ): Promise<{ readonly id: string; readonly tenantId: TenantId; readonly scopes: readonly string[] } | null>;
}

/** Injection tokens: the API keys, and the audience service tokens must be issued for. */
export const API_KEYS = Symbol('API_KEYS');
export const TOKEN_AUDIENCE = Symbol('TOKEN_AUDIENCE');

/** Scopes a route needs for reading (GET, HEAD), and for everything else where there is anything else. */
export interface RouteScopes {
  readonly read?: string;
  readonly write?: string;
  /** Refuses tokens of our services, which have no scopes: for routes that grant access. */
  readonly isForKeysOnly?: boolean;
  /** Open to every signed-in user, whatever the role, and to nobody else: for what is their own. */
  readonly isForUsersOnly?: boolean;
}
export const NeedsScopes = Reflector.createDecorator<RouteScopes>();

const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{1,2048})$/i;

/**
 * Accepts requests with a token of one of our services, an API key with the route's scope, or the session of
 * a user whose role has it, and sets their {@link Principal}. The tenant comes from nowhere else: no path,
 * query or body can choose it.
 */
@Injectable()
export class TenantGuard implements CanActivate {
  private readonly tokens: SignedTokens<typeof serviceTokenSchema>;
  private readonly refusedRequests;

  constructor(
    @Inject(CONFIG) config: { readonly secrets: readonly string[] },
    @Inject(API_KEYS) private readonly apiKeys: ApiKeys,
    @Inject(TOKEN_AUDIENCE) private readonly audience: string,
    private readonly reflector: Reflector,
    private readonly rateLimit: RateLimit,
    metrics: Metrics,
    @Optional() @Inject(UserSessions) private readonly sessions: UserSessions | null = null,
  ) {
    this.tokens = new SignedTokens(config.secrets, SERVICE_TOKEN_PURPOSE, serviceTokenSchema);
    this.refusedRequests = metrics.counter({
      name: 'tandem_refused_callers_total',
      help: 'Requests refused for want of a valid credential or scope, by reason',
      labelNames: ['reason'],
    });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request & AuthorisedRequest>();
    const response = context.switchToHttp().getResponse<Response>();
    const places = [context.getHandler(), context.getClass()];
    const scopes = this.reflector.getAllAndOverride(NeedsScopes, places) as RouteScopes | undefined;
    const token = this.sessions?.tokenOf(request) ?? null;
    if (token !== null && request.headers.authorization !== undefined) throw this.two();
    request.principal =
      token === null
        ? await this.byCredential(request, response, scopes)
        : await this.bySession(token, request, response, scopes);
    if (this.reflector.getAllAndOverride(IsReauthenticated, places)) checkReauthentication(request.principal);
    return true;
  }

  private byCredential(
    request: Request,
    response: Response,
    scopes: RouteScopes | undefined,
  ): Promise<Principal> {
    const credential = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (credential === undefined)
      throw this.refuse('missing', 'Send "Authorization: Bearer …" with an API key or a service token.');
    return credential.startsWith('tk_')
      ? this.byApiKey(credential, request, response, scopes)
      : this.byToken(credential, scopes);
  }

  private async bySession(
    token: string,
    request: Request,
    response: Response,
    scopes: RouteScopes | undefined,
  ): Promise<Principal> {
    const principal = await this.sessions?.principalOf(token, request, response);
    if (!principal?.session)
      throw this.refuse('session-ended', 'You are not signed in, or were signed out. Sign in again.');
    await this.rateLimit.take(principal.session.userId, response);
    if (!scopes?.isForUsersOnly) this.checkScope(principal, request, scopes, 'Your role');
    return principal;
  }

  private async byApiKey(
    credential: string,
    request: Request,
    response: Response,
    scopes: RouteScopes | undefined,
  ): Promise<Principal> {
    const key = await this.apiKeys.findActive(credential);
    if (!key) throw this.refuse('unknown-key', 'This API key is not known or was revoked.');
    await this.rateLimit.take(key.id, response);
    if (scopes?.isForUsersOnly) throw this.userNeeded();
    const principal: Principal = {
      kind: 'api-key',
      tenantId: key.tenantId,
      callId: null,
      apiKeyId: key.id,
      userId: null,
      session: null,
      scopes: key.scopes,
    };
    this.checkScope(principal, request, scopes, 'This key');
    return principal;
  }

  /** A route without a scope is closed. */
  private checkScope(
    principal: Principal,
    request: Request & Partial<AuthorisedRequest>,
    scopes: RouteScopes | undefined,
    holder: string,
  ): void {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const needed = isRead ? scopes?.read : scopes?.write;
    if (needed !== undefined && principal.scopes.includes(needed)) return;
    this.refusedRequests.inc({ reason: 'scope' });
    request.refused = principal;
    throw new Problem(
      403,
      'scope-missing',
      'Not allowed',
      `${holder} lacks the scope ${needed ?? 'for this route'}. Use a key, or ask for a role, that has it.`,
    );
  }

  private async byToken(credential: string, scopes: RouteScopes | undefined): Promise<Principal> {
    try {
      const { tenantId, callId = null } = await this.tokens.verify(credential, this.audience);
      if (scopes?.isForUsersOnly) throw this.userNeeded();
      if (scopes?.isForKeysOnly) throw this.keyNeeded();
      const isNobody = { apiKeyId: null, userId: null, session: null };
      return { kind: 'service', tenantId, callId, ...isNobody, scopes: [] };
    } catch (error) {
      if (error instanceof TokenRefused)
        throw this.refuse(error.reason, `The service token was refused: ${error.reason}.`);
      throw error;
    }
  }

  private keyNeeded(): Problem {
    this.refusedRequests.inc({ reason: 'scope' });
    return new Problem(
      403,
      'api-key-needed',
      'Not allowed',
      'Only an API key may do this. Send one that has the scope of this route.',
    );
  }

  private userNeeded(): Problem {
    this.refusedRequests.inc({ reason: 'scope' });
    return new Problem(
      403,
      'user-needed',
      'Not allowed',
      'Only a signed-in user may do this: it is about themselves.',
    );
  }

  private two(): Problem {
    this.refusedRequests.inc({ reason: 'two-credentials' });
    return new Problem(
      400,
      'two-credentials',
      'The request is malformed',
      'It has both an Authorization header and the cookie of a session. Send one of them.',
    );
  }

  private refuse(reason: string, detail: string): Problem {
    this.refusedRequests.inc({ reason });
    return new Problem(
      401,
      'not-authenticated',
      'Not authenticated',
      detail,
      {},
      { 'WWW-Authenticate': 'Bearer' },
      reason,
    );
  }
}
