import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { CallId, TenantId } from '@tandem/contracts';

/** Who asks, and for which tenant. Everything they see and change is that tenant's. */
export interface Caller {
  readonly kind: 'service' | 'api-key';
  readonly tenantId: TenantId;
  /** The call a service asks for; null for anything else. */
  readonly callId: CallId | null;
  /** Null for a service. */
  readonly apiKeyId: string | null;
}

/** A request the guard let in. */
export interface AuthorisedRequest {
  caller: Caller;
}

export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller =>
    context.switchToHttp().getRequest<AuthorisedRequest>().caller,
);
