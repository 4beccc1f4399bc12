import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { CallId, TenantId } from '@tandem/contracts';

/** The session of a signed-in user. */
export interface PrincipalSession {
  readonly id: string;
  readonly userId: string;
  readonly role: string;
  /** When the user last proved themselves: at the sign-in, or again since. */
  readonly reauthenticatedAt: Date;
  /** The token of the cookie. */
  readonly token: string;
}

/** The sender of a request, and the tenant it acts for: the only tenant it can read or change. */
export interface Principal {
  readonly kind: 'service' | 'api-key' | 'user';
  readonly tenantId: TenantId;
  /** The call a service acts in; null outside a call, and for others. */
  readonly callId: CallId | null;
  /** Null for a service and for a user. */
  readonly apiKeyId: string | null;
  /** Null for a service and for an API key. */
  readonly userId: string | null;
  /** The session of a user; null for others. */
  readonly session: PrincipalSession | null;
  /**
   * The scopes of the API key, or of the user's role; a service has none, and needs none but where routes
   * are closed to it.
   */
  readonly scopes: readonly string[];
}

/** A request that passed {@link TenantGuard}, or that signed a user in. */
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
