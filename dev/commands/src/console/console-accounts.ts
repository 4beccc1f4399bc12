import { DEMO_TENANT_ID, SignInRepository, transact, UserRepository, type UserRole } from '@tandem/database';
import type { RunningPlatform } from '../testing/running-platform.ts';
import { codeOf } from './authenticator.ts';

/** A user of the demo's business who signs in with a password. */
export interface ConsoleAccount {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  /** Secret of the second factor, in base32; null without one. */
  readonly secret: string | null;
}

const PASSWORD = 'correct horse battery';

/** Users of the demo's business, as an admin invites them and they set up themselves. */
export class ConsoleAccounts {
  constructor(private readonly platform: RunningPlatform) {}

  /** Makes a user who has signed in once and set a password, and a second factor if wanted. */
  async make(role: UserRole, { hasSecondFactor = false } = {}): Promise<ConsoleAccount> {
    const { database } = this.platform;
    const email = `${role}-${hasSecondFactor ? 'with-code' : 'one'}@example.com`;
    const made = await transact(database, (transaction) =>
      new UserRepository(database).create(transaction, DEMO_TENANT_ID, {
        email,
        name: `Robin ${role}`,
        role,
      }),
    );
    if (typeof made === 'string') throw new TypeError(made);
    const cookie = await this.ask('POST', '/v1/session/link', null, { token: await this.tokenFor(email) });
    const account = { id: made.id, email, password: PASSWORD };
    const renewed = await this.ask('PUT', '/v1/me/password', cookie, { password: PASSWORD });
    return { ...account, secret: hasSecondFactor ? await this.setUpCode(renewed) : null };
  }

  /** Returns a link that signs the user in once. */
  async linkFor({ email }: ConsoleAccount): Promise<string> {
    return `${this.url}/console/#link=${await this.tokenFor(email)}`;
  }

  /** Ends every session of the user, without their browsers knowing. */
  async endSessions({ id }: ConsoleAccount): Promise<void> {
    await this.platform.sql('DELETE FROM user_sessions WHERE user_id = $1', id);
  }

  private get url(): string {
    return this.platform.stack.urls.controlApi;
  }

  private async tokenFor(email: string): Promise<string> {
    const link = await new SignInRepository(this.platform.database).makeLinkFor(email);
    if (link === null) throw new TypeError(`no user of the address ${email} can sign in`);
    return link.token;
  }

  private async setUpCode(cookie: string): Promise<string> {
    const { secret } = await this.answer<{ secret: string }>('POST', '/v1/me/totp', cookie, {});
    await this.ask('POST', '/v1/me/totp', cookie, { code: codeOf(secret) });
    return secret;
  }

  /** Sends a request as the page does. Returns the cookie of the session, which may be another one now. */
  private async ask(method: string, path: string, cookie: string | null, body: object): Promise<string> {
    const { headers } = await this.send(method, path, cookie, body);
    return headers.getSetCookie().at(-1)?.split(';')[0] ?? cookie ?? '';
  }

  private async answer<Body>(method: string, path: string, cookie: string, body: object): Promise<Body> {
    return (await (await this.send(method, path, cookie, body)).json()) as Body;
  }

  private async send(method: string, path: string, cookie: string | null, body: object): Promise<Response> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        origin: this.url,
        'content-type': 'application/json',
        ...(cookie === null ? {} : { cookie }),
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new TypeError(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}
