import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ApiKeyRepository, API_SCOPES, type ApiScope } from '@tandem/database';
import { CONFIG, Problem, SignedTokens, TokenRefused, type ServiceConfig } from '@tandem/platform';
import type { Request } from 'express';
import { CrmMetrics } from '../crm-metrics.ts';
import { DatabaseProblemInterceptor } from '../http/database-problem.ts';
import { SERVICE_TOKEN_AUDIENCE, SERVICE_TOKEN_PURPOSE, serviceTokenSchema, type AuthorisedRequest, type Caller } from './caller.ts';

const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{1,2048})$/i;

/**
 * Lets in whoever shows a token of one of our services or an API key, and names the tenant they act for. The tenant
 * comes from nowhere else: no path, query or body can choose it.
 */
@Injectable()
export class TenantGuard implements CanActivate {
  private readonly tokens: SignedTokens<typeof serviceTokenSchema>;

  constructor(
    @Inject(CONFIG) config: ServiceConfig<'crm-api'>,
    @Inject(ApiKeyRepository) private readonly apiKeys: ApiKeyRepository,
    @Inject(CrmMetrics) private readonly metrics: CrmMetrics,
    @Inject(DatabaseProblemInterceptor) private readonly problems: DatabaseProblemInterceptor,
  ) {
    this.tokens = new SignedTokens(config.secrets, SERVICE_TOKEN_PURPOSE, serviceTokenSchema);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request & AuthorisedRequest>();
    const credential = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (credential === undefined) throw this.refuse('missing', 'Send "Authorization: Bearer …" with an API key or a service token.');
    const caller = credential.startsWith('tk_') ? await this.byApiKey(credential) : await this.byToken(credential);
    const needed: ApiScope = request.method === 'GET' || request.method === 'HEAD' ? 'crm:read' : 'crm:write';
    if (!caller.scopes.includes(needed)) {
      this.metrics.refusedCallers.inc({ reason: 'scope' });
      throw new Problem(403, 'scope-missing', 'Not allowed', `This key lacks the scope ${needed}. Use a key that has it.`);
    }
    request.caller = caller;
    return true;
  }

  private async byApiKey(credential: string): Promise<Caller> {
    // Interceptors come after guards, so this one is asked by name.
    const key = await this.apiKeys.findActive(credential).catch((error: unknown) => {
      throw this.problems.translate(error);
    });
    if (!key) throw this.refuse('unknown-key', 'This API key is not known or was revoked.');
    return { kind: 'api-key', tenantId: key.tenantId, callId: null, scopes: key.scopes };
  }

  private async byToken(credential: string): Promise<Caller> {
    try {
      const claims = await this.tokens.verify(credential, SERVICE_TOKEN_AUDIENCE);
      return { kind: 'service', tenantId: claims.tenantId, callId: claims.callId ?? null, scopes: API_SCOPES };
    } catch (error) {
      if (error instanceof TokenRefused) throw this.refuse(error.reason, `The service token was refused: ${error.reason}.`);
      throw error;
    }
  }

  private refuse(reason: string, detail: string): Problem {
    this.metrics.refusedCallers.inc({ reason });
    return new Problem(401, 'not-authenticated', 'Not authenticated', detail, {}, { 'WWW-Authenticate': 'Bearer' });
  }
}
