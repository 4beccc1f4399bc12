import { Inject, Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import type { Request, Response } from 'express';
import { CONFIG } from '../lifecycle/tokens.ts';
import type { Principal } from './principal.ts';
import { SessionCookies, type SessionSettings } from './session-cookies.ts';

/** The sessions of all users; a service that people sign in to provides them under {@link SESSIONS}. */
export interface Sessions {
  /** Returns the session of a token with the rights of its user; null when it has ended. */
  findOpen(
    token: string,
    limits: { readonly idleMs: number; readonly longestMs: number },
  ): Promise<{
    readonly id: string;
    readonly tenantId: TenantId;
    readonly userId: string;
    readonly role: string;
    readonly scopes: readonly string[];
    readonly reauthenticatedAt: Date;
    readonly newToken: string | null;
  } | null>;
}

/** Injection token. */
export const SESSIONS = Symbol('SESSIONS');

/** Knows the user of a request by the cookie of their session. */
@Injectable()
export class UserSessions {
  private readonly limits: { readonly idleMs: number; readonly longestMs: number };

  constructor(
    @Inject(CONFIG) { sessionIdleS, sessionLongestS }: SessionSettings,
    @Inject(SESSIONS) private readonly sessions: Sessions,
    private readonly cookies: SessionCookies,
  ) {
    this.limits = { idleMs: sessionIdleS * 1_000, longestMs: sessionLongestS * 1_000 };
  }

  /** Returns the token of a request's cookie; null without one. */
  tokenOf(request: Request): string | null {
    return this.cookies.token(request);
  }

  /**
   * Returns the user of a token, and gives the browser the new one of a change of role; null when the
   * session has ended: the cookie is taken away then.
   * @throws Problem 403 `origin-refused`, 415 `json-only`
   */
  async principalOf(token: string, request: Request, response: Response): Promise<Principal | null> {
    this.cookies.origin.check(request);
    const found = await this.sessions.findOpen(token, this.limits);
    if (!found) {
      this.cookies.clear(response);
      return null;
    }
    const { id, tenantId, userId, role, scopes, reauthenticatedAt, newToken } = found;
    if (newToken !== null) this.cookies.setToken(response, newToken);
    return {
      kind: 'user',
      tenantId,
      callId: null,
      apiKeyId: null,
      userId,
      scopes,
      session: { id, userId, role, reauthenticatedAt, token: newToken ?? token },
    };
  }
}
