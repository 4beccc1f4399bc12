import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { CallId, TenantId } from '@tandem/contracts';

/** Who asks, and for which tenant. Everything they see and change is that tenant's. */
export interface Principal {
  readonly kind: 'service' | 'api-key';
  readonly tenantId: TenantId;
  /** The call a service asks for; null for anything else. */
  readonly callId: CallId | null;
  /** Null for a service. */
  readonly apiKeyId: string | null;
}

/** A request the guard let in. */
export interface AuthorisedRequest {
  principal: Principal;
}

export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal =>
    context.switchToHttp().getRequest<AuthorisedRequest>().principal,
);
