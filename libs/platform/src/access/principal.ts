import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { CallId, TenantId } from '@tandem/contracts';

/** The sender of a request, and the tenant it acts for: the only tenant it can read or change. */
export interface Principal {
  readonly kind: 'service' | 'api-key';
  readonly tenantId: TenantId;
  /** The call a service acts in; null outside a call, and for API keys. */
  readonly callId: CallId | null;
  /** Null for a service. */
  readonly apiKeyId: string | null;
  /** The scopes of the API key; a service has none, and needs none but where routes are for keys only. */
  readonly scopes: readonly string[];
}

/** A request that passed {@link TenantGuard}. */
export interface AuthorisedRequest {
  principal: Principal;
  /** The sender of a request that {@link TenantGuard} refused for want of a scope; it has no principal. */
  refused?: Principal;
}

/** Injects the {@link Principal} of the request. */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal =>
    context.switchToHttp().getRequest<AuthorisedRequest>().principal,
);
