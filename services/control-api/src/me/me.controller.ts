import { Body, Delete, Get, Header, Param, Post, Put, Res } from '@nestjs/common';
import {
  CurrentPrincipal,
  Endpoint,
  idParameterSchema,
  NeedsReauthentication,
  SessionCookies,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
import type { Response } from 'express';
import {
  meSchema,
  ownSessionsSchema,
  passwordSchema,
  totpSchema,
  totpStateSchema,
  type PasswordBody,
  type TotpBody,
} from './me.dto.ts';
import { Me } from './me.service.ts';

/** The signed-in user. */
@TenantController('me', { isForUsersOnly: true })
export class MeController {
  constructor(
    private readonly me: Me,
    private readonly cookies: SessionCookies,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @Endpoint({ summary: 'You: user, business, role and scopes', success: { schema: meSchema } })
  get(@CurrentPrincipal() principal: Principal) {
    return this.me.of(principal);
  }

  @Put('password')
  @NeedsReauthentication()
  @Endpoint({
    summary: 'Set your password',
    description: 'Your other sessions end, and a link that waits for you.',
    success: { status: 204 },
  })
  async setPassword(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: passwordSchema }) { password }: PasswordBody,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const token = await this.me.setPassword(principal, password);
    if (token !== null) this.cookies.setToken(response, token);
  }

  @Post('totp')
  @NeedsReauthentication()
  @Header('Cache-Control', 'no-store')
  @Endpoint({
    summary: 'Set up a second factor',
    description:
      'Without `code` it answers a new secret for your authenticator app. With the code that the app shows ' +
      'for it, the factor is on: sign-ins with your password ask for a code from then on, and your other ' +
      'sessions end.',
    success: { schema: totpStateSchema },
    problems: { 401: '`totp-wrong`', 409: '`totp-on`' },
  })
  totp(@CurrentPrincipal() principal: Principal, @Body({ schema: totpSchema }) { code }: TotpBody) {
    return this.me.totp(principal, code);
  }

  @Delete('totp')
  @NeedsReauthentication()
  @Endpoint({ summary: 'Remove your second factor', success: { status: 204 } })
  async removeTotp(@CurrentPrincipal() principal: Principal): Promise<void> {
    await this.me.removeTotp(principal);
  }

  @Get('sessions')
  @Endpoint({
    summary: 'Your sessions, the last used first, and attempts that failed',
    success: { schema: ownSessionsSchema },
  })
  sessions(@CurrentPrincipal() principal: Principal) {
    return this.me.listSessions(principal);
  }

  @Delete('sessions/:id')
  @Endpoint({
    summary: 'End one of your sessions',
    success: { status: 204, description: 'Also when it has ended before.' },
  })
  async endSession(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.me.endSession(principal, id);
  }
}
