import { Body, Controller, Get, Header, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CONFIG,
  Endpoint,
  SessionCookies,
  UserSessions,
  type AuthorisedRequest,
  type ServiceConfig,
} from '@tandem/platform';
import type { Request, Response } from 'express';
import { meSchema } from '../me/me.dto.ts';
import { Me } from '../me/me.service.ts';
import { Oidc } from './oidc.service.ts';
import { linkSchema, providersSchema, signInSchema, type LinkBody, type SignInBody } from './session.dto.ts';
import { linkRefused } from './sign-in-problems.ts';
import { SignIn } from './sign-in.service.ts';
import { visitorOf } from './visitors.ts';

const PROBLEMS = {
  400: '`invalid-request`',
  403: '`origin-refused`: the request did not come from the page of the console.',
  415: '`json-only`',
  429: '`sign-in-delayed`: too many attempts failed; try again after Retry-After seconds.',
  503: '`sign-in-busy`, or the database or Redis is away.',
};

/** The ways in, open to everybody. A sign-in sets the cookie of the session. */
@Controller('v1/session')
@ApiTags('session')
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly me: Me,
    private readonly cookies: SessionCookies,
    private readonly sessions: UserSessions,
    private readonly oidc: Oidc,
    @Inject(CONFIG) private readonly config: ServiceConfig<'control-api'>,
  ) {}

  @Get('providers')
  @Endpoint({ summary: 'The ways to sign in', success: { schema: providersSchema } })
  providers() {
    const { name } = this.oidc;
    return {
      password: this.config.passwordSignIn === 'on',
      oidc: name === null ? null : { name, start: '/v1/session/oidc/start' },
    };
  }

  @Post()
  @Header('Cache-Control', 'no-store')
  @Endpoint({
    summary: 'Sign in with a password',
    description: 'An unknown address is answered like a wrong password, after the same time.',
    success: { schema: meSchema },
    problems: {
      ...PROBLEMS,
      401: '`credentials-refused`, `totp-required`, `totp-wrong`',
      403: '`origin-refused`, `password-sign-in-off`',
    },
  })
  async byPassword(
    @Body({ schema: signInSchema }) body: SignInBody,
    @Req() request: Request & AuthorisedRequest,
    @Res({ passthrough: true }) response: Response,
  ) {
    this.cookies.origin.check(request);
    return this.enter(
      await this.signIn.byPassword(body, visitorOf(request, this.cookies)),
      request,
      response,
    );
  }

  @Post('link')
  @Header('Cache-Control', 'no-store')
  @Endpoint({
    summary: 'Sign in by a link',
    description: 'The link of an invitation, or the one that a start of Tandem prints. It works once.',
    success: { schema: meSchema },
    problems: { ...PROBLEMS, 401: '`link-refused`' },
  })
  async byLink(
    @Body({ schema: linkSchema }) { token }: LinkBody,
    @Req() request: Request & AuthorisedRequest,
    @Res({ passthrough: true }) response: Response,
  ) {
    this.cookies.origin.check(request);
    return this.enter(await this.signIn.byLink(token, visitorOf(request, this.cookies)), request, response);
  }

  private async enter(token: string, request: Request & AuthorisedRequest, response: Response) {
    const principal = await this.sessions.principalOf(token, request, response);
    // The user was disabled in this very moment.
    if (!principal) throw linkRefused();
    this.cookies.setToken(response, token);
    request.principal = principal;
    return this.me.of(principal);
  }
}
