import { Controller, Get, Header, Logger, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SignInRepository } from '@tandem/database';
import { Endpoint, SessionCookies, UserSessions, type AuthorisedRequest } from '@tandem/platform';
import type { Request, Response } from 'express';
import { Oidc, OIDC_STATE_MS, OidcFailure } from './oidc.service.ts';
import { SignIn } from './sign-in.service.ts';
import { visitorOf } from './visitors.ts';

const COOKIE = 'tandem-oidc';
const CONSOLE = '/console/';

/** Sign-in by a provider: the browser goes there, and comes back. Both ends are pages, so they redirect. */
@Controller('v1/session/oidc')
@ApiTags('session')
export class OidcController {
  private readonly logger = new Logger(OidcController.name);

  constructor(
    private readonly oidc: Oidc,
    private readonly signIn: SignIn,
    private readonly repository: SignInRepository,
    private readonly cookies: SessionCookies,
    private readonly sessions: UserSessions,
  ) {}

  @Get('start')
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  @Endpoint({
    summary: 'Go to the provider',
    success: { status: 302, description: 'To the provider; without one to `/console/#error=oidc-off`.' },
  })
  async start(@Res() response: Response): Promise<void> {
    try {
      const { url, cookie } = await this.oidc.begin();
      // Lax: the provider's redirect back is a request from another site.
      this.cookies.set(response, COOKIE, cookie, { sameSite: 'lax', maxAgeMs: OIDC_STATE_MS });
      response.redirect(url.href);
    } catch (error) {
      this.back(response, error);
    }
  }

  @Get('callback')
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  @Endpoint({
    summary: 'Come back from the provider',
    description:
      'Signs in the user who is tied to the subject; else the invited or active user of the verified ' +
      'address, who is tied to it from then on. Failures are in the fragment: `oidc-expired` (another ' +
      'browser, or over ten minutes), `oidc-refused`, `oidc-unavailable`, `oidc-unknown-user`.',
    success: { status: 302, description: 'To `/console/`, or to `/console/#error=…`.' },
  })
  async callback(
    @Req() request: Request & Partial<AuthorisedRequest>,
    @Res() response: Response,
  ): Promise<void> {
    const cookie = this.cookies.read(request, COOKIE);
    this.cookies.clear(response, COOKIE);
    try {
      const { search } = new URL(request.originalUrl, 'http://of.no.meaning');
      const { issuer, subject, email } = await this.oidc.finish(search, cookie);
      const user = await this.repository.bySubject(issuer, subject, email);
      const token = user && (await this.signIn.bySubject(user, visitorOf(request, this.cookies)));
      if (token === null) return response.redirect(`${CONSOLE}#error=oidc-unknown-user`);
      this.cookies.setToken(response, token);
      const principal = await this.sessions.principalOf(token, request, response);
      if (principal) request.principal = principal;
      response.redirect(CONSOLE);
    } catch (error) {
      this.back(response, error);
    }
  }

  /** Sends the browser to the console, which says what went wrong. @throws all but a provider’s failure */
  private back(response: Response, error: unknown): void {
    if (!(error instanceof OidcFailure)) throw error;
    const { cause } = error;
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
    this.logger.warn({ code: error.code, reason }, 'sign-in by the provider failed');
    response.redirect(`${CONSOLE}#error=${error.code}`);
  }
}
