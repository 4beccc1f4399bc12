import { Inject, Injectable } from '@nestjs/common';
import {
  ROLE_SCOPES,
  SessionRepository,
  SignInRepository,
  TenantRepository,
  UserRepository,
  type Account,
  type UserRole,
} from '@tandem/database';
import {
  CONFIG,
  Problem,
  tenantNotFound,
  type Principal,
  type PrincipalSession,
  type ServiceConfig,
} from '@tandem/platform';
import type { z } from 'zod';
import { Passwords } from '../sign-in/passwords.service.ts';
import { SecondFactor } from '../sign-in/second-factor.service.ts';
import { totpWrong } from '../sign-in/sign-in-problems.ts';
import { toOwnSessions, type meSchema, type totpStateSchema } from './me.dto.ts';

/** A signed-in user, as they see and change themselves. */
@Injectable()
export class Me {
  private readonly limits: { readonly idleMs: number; readonly longestMs: number };

  constructor(
    private readonly users: UserRepository,
    private readonly tenants: TenantRepository,
    private readonly sessions: SessionRepository,
    private readonly signIns: SignInRepository,
    private readonly passwords: Passwords,
    private readonly secondFactor: SecondFactor,
    @Inject(CONFIG) { sessionIdleS, sessionLongestS }: ServiceConfig<'control-api'>,
  ) {
    this.limits = { idleMs: sessionIdleS * 1_000, longestMs: sessionLongestS * 1_000 };
  }

  /** Returns the session of a principal of a route that is open to users only. */
  sessionOf({ session }: Principal): PrincipalSession {
    if (session) return session;
    throw new TypeError('a route for users only was open to another principal');
  }

  async of(principal: Principal): Promise<z.output<typeof meSchema>> {
    const { role, reauthenticatedAt } = this.sessionOf(principal);
    const { id, email, name, hasPassword, hasTotp } = await this.account(principal);
    const tenant = await this.tenants.find(principal.tenantId);
    if (!tenant) throw tenantNotFound();
    const { id: tenantId, companyName, timeZone: zone, language: locale } = tenant;
    return {
      user: { id, email, name, hasPassword, hasTotp },
      tenant: { id: tenantId, name: companyName, zone, locale },
      role: role as UserRole,
      scopes: [...ROLE_SCOPES[role as UserRole]],
      reauthenticatedAt: reauthenticatedAt.toISOString(),
    };
  }

  /** Ends every other session. Returns the new token of this one. */
  async setPassword(principal: Principal, password: string): Promise<string | null> {
    const { id, userId, token } = this.sessionOf(principal);
    const hash = await this.passwords.hash(password);
    await this.users.setPassword(principal.tenantId, userId, hash, id);
    return this.sessions.replace(id, token);
  }

  /** @throws Problem 401 `totp-wrong`, 409 `totp-on` */
  async totp(principal: Principal, code: string | undefined): Promise<z.output<typeof totpStateSchema>> {
    const user = await this.account(principal);
    if (user.hasTotp)
      throw new Problem(
        409,
        'totp-on',
        'There is a second factor already',
        'DELETE /v1/me/totp first; then begin anew.',
      );
    if (code === undefined) return { state: 'pending', ...(await this.secondFactor.propose(user)) };
    if (!(await this.secondFactor.confirm(user, code))) throw totpWrong();
    await this.sessions.endOthers(user.tenantId, user.id, this.sessionOf(principal).id);
    return { state: 'on', secret: null, uri: null };
  }

  async removeTotp(principal: Principal): Promise<void> {
    await this.users.removeTotp(principal.tenantId, this.sessionOf(principal).userId);
  }

  async listSessions(principal: Principal) {
    const { id, userId } = this.sessionOf(principal);
    const { tenantId } = principal;
    const sessions = await this.sessions.list(tenantId, userId, this.limits);
    return toOwnSessions(sessions, await this.signIns.failures(tenantId, userId), id);
  }

  async endSession(principal: Principal, id: string): Promise<void> {
    await this.sessions.end(principal.tenantId, this.sessionOf(principal).userId, id);
  }

  private async account(principal: Principal): Promise<Account> {
    const user = await this.users.find(principal.tenantId, this.sessionOf(principal).userId);
    if (!user) throw tenantNotFound();
    return user;
  }
}
