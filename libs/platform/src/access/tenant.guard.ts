import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { SERVICE_TOKEN_PURPOSE, serviceTokenSchema, type TenantId } from '@tandem/contracts';
import type { Request, Response } from 'express';
import { Problem } from '../http/problem.ts';
import { CONFIG } from '../lifecycle/tokens.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { SignedTokens, TokenRefused } from '../tokens/signed-token.ts';
import type { AuthorisedRequest, Principal } from './principal.ts';
import { RateLimit } from './rate-limit.ts';

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
  readonly read: string;
  readonly write?: string;
  /** Refuses tokens of our services, which have no scopes: for routes that grant access. */
  readonly isForKeysOnly?: boolean;
}
export const NeedsScopes = Reflector.createDecorator<RouteScopes>();

const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{1,2048})$/i;

/**
 * Accepts requests with a token of one of our services or an API key with the route's scope, and sets their
 * {@link Principal}. The tenant comes from nowhere else: no path, query or body can choose it.
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
    const scopes = this.reflector.getAllAndOverride(NeedsScopes, [
      context.getHandler(),
      context.getClass(),
    ]) as RouteScopes | undefined;
    const credential = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (credential === undefined)
      throw this.refuse('missing', 'Send "Authorization: Bearer …" with an API key or a service token.');
    request.principal = credential.startsWith('tk_')
      ? await this.byApiKey(credential, request, context.switchToHttp().getResponse<Response>(), scopes)
      : await this.byToken(credential, scopes);
    return true;
  }

  private async byApiKey(
    credential: string,
    request: Request & Partial<AuthorisedRequest>,
    response: Response,
    scopes: RouteScopes | undefined,
  ): Promise<Principal> {
    const key = await this.apiKeys.findActive(credential);
    if (!key) throw this.refuse('unknown-key', 'This API key is not known or was revoked.');
    await this.rateLimit.take(key.id, response);
    const { id: apiKeyId, tenantId } = key;
    const principal = { kind: 'api-key', tenantId, callId: null, apiKeyId, scopes: key.scopes } as const;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const needed = isRead ? scopes?.read : scopes?.write;
    // A route without a scope is closed to API keys.
    if (needed === undefined || !key.scopes.includes(needed)) {
      this.refusedRequests.inc({ reason: 'scope' });
      request.refused = principal;
      throw new Problem(
        403,
        'scope-missing',
        'Not allowed',
        `This key lacks the scope ${needed ?? 'for this route'}. Use a key that has it.`,
      );
    }
    return principal;
  }

  private async byToken(credential: string, scopes: RouteScopes | undefined): Promise<Principal> {
    try {
      const { tenantId, callId = null } = await this.tokens.verify(credential, this.audience);
      if (scopes?.isForKeysOnly) throw this.keyNeeded();
      return { kind: 'service', tenantId, callId, apiKeyId: null, scopes: [] };
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
