import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { callIdSchema, tenantIdSchema, type CallId, type TenantId } from '@tandem/contracts';
import type { ApiScope } from '@tandem/database';
import { z } from 'zod';

/** Who asks, and for which tenant. Everything they see and change is that tenant's. */
export interface Caller {
  readonly kind: 'service' | 'api-key';
  readonly tenantId: TenantId;
  /** The call a service asks for; null for anything else. */
  readonly callId: CallId | null;
  readonly scopes: readonly ApiScope[];
}

/** Purpose and audience of the tokens our own services call this one with. */
export const SERVICE_TOKEN_PURPOSE = 'service-call';
export const SERVICE_TOKEN_AUDIENCE = 'crm-api';
export const serviceTokenSchema = z.object({ tenantId: tenantIdSchema, callId: callIdSchema.optional() });

/** A request the guard let in. */
export interface AuthorisedRequest {
  caller: Caller;
}

export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => context.switchToHttp().getRequest<AuthorisedRequest>().caller);
