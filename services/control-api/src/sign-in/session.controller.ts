import { Body, Delete, Header, Post, Req, Res } from '@nestjs/common';
import { SessionRepository, UserRepository } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  SessionCookies,
  TenantController,
  type Principal,
} from '@tandem/platform';
import type { Request, Response } from 'express';
import { reauthenticatedSchema } from '../me/me.dto.ts';
import { Me } from '../me/me.service.ts';
import { reauthenticationSchema, type ReauthenticationBody } from './session.dto.ts';
import { noPassword } from './sign-in-problems.ts';
import { SignIn } from './sign-in.service.ts';

/** The session of the request. */
@TenantController('session', { isForUsersOnly: true })
export class SessionController {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly users: UserRepository,
    private readonly signIn: SignIn,
    private readonly me: Me,
    private readonly cookies: SessionCookies,
  ) {}

  @Delete()
  @Endpoint({ summary: 'Sign out', success: { status: 204 } })
  async end(
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const { id, userId } = this.me.sessionOf(principal);
    await this.sessions.end(principal.tenantId, userId, id);
    this.cookies.clear(response);
  }

  @Post('reauthentication')
  @Header('Cache-Control', 'no-store')
  @Endpoint({
    summary: 'Prove again that it is you',
    description:
      'Opens keys, users, secrets and the deletion of recordings for ten minutes. The session gets a new ' +
      'token. Users without a password sign in again instead.',
    success: { schema: reauthenticatedSchema },
    problems: {
      401: '`credentials-refused`, `totp-required`, `totp-wrong`',
      409: '`no-password`',
      429: '`sign-in-delayed`',
    },
  })
  async reauthenticate(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: reauthenticationSchema }) body: ReauthenticationBody,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { id, userId, token } = this.me.sessionOf(principal);
    const user = await this.users.find(principal.tenantId, userId);
    if (!user?.hasPassword) throw noPassword();
    await this.signIn.prove({ email: user.email, ...body }, request.ip ?? 'unknown');
    const next = await this.sessions.reauthenticate(id, token);
    if (next !== null) this.cookies.setToken(response, next);
    return { reauthenticatedAt: new Date().toISOString() };
  }
}
