import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** The account of the specs. */
export const ACCOUNT = { email: 'robin@example.com', password: 'correct horse battery', code: '123456' };

const SESSION = /(?:^|; )spec-session=on(?:;|$)/;
const USER = {
  id: '7a0c1d3e-0000-4000-8006-000000000001',
  email: ACCOUNT.email,
  name: 'Robin Morgan',
  role: 'admin',
  state: 'active',
  hasPassword: true,
  hasTotp: true,
  createdAt: '2027-02-11T16:20:00.000Z',
  lastSignInAt: '2027-03-01T14:00:00.000Z',
};

type Answer = readonly [status: number, body: object, headers?: Record<string, string>];

const refused = (status: number, code: string, detail: string): Answer => [
  status,
  { type: `urn:tandem:problem:${code}`, title: code, status, code, detail },
];

/**
 * Stands in for the sign-in of control-api, for specs of the page alone: a cookie of the browser becomes an
 * API key on the way to the real service. The page never sees a key.
 */
export class ConsoleStandIn {
  /** Scopes of the account; fewer of them hide places. */
  scopes: readonly string[];
  /** Whether the session has ended without the browser knowing. */
  isSessionOver = false;
  private readonly server: Server;

  private constructor(
    private readonly controlApi: string,
    private readonly apiKey: string,
    scopes: readonly string[],
  ) {
    this.scopes = scopes;
    this.server = createServer((asked, response) => void this.answer(asked, response));
  }

  static async start(controlApi: string, apiKey: string, scopes: readonly string[]): Promise<ConsoleStandIn> {
    const standIn = new ConsoleStandIn(controlApi, apiKey, scopes);
    await new Promise<void>((resolve) => standIn.server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  get url(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(asked.url ?? '/', this.url);
    if (!pathname.startsWith('/v1/')) return this.pass(asked, response);
    const own = await this.own(asked, pathname);
    if (own === null) return this.pass(asked, response);
    const [status, body, headers = {}] = own;
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(status === 204 ? undefined : JSON.stringify(body));
  }

  /** Returns the answer to a request about sign-in; null for what goes on to the service. */
  private async own(asked: IncomingMessage, path: string): Promise<Answer | null> {
    const { method, headers } = asked;
    if (path === '/v1/session/providers')
      return [200, { password: true, oidc: { name: 'Example Login', start: '/v1/session/oidc/start' } }];
    if (path === '/v1/session' && method === 'POST') return this.signIn(await text(asked));
    if (path === '/v1/session/link') return this.opened();
    if (this.isSessionOver || !SESSION.test(headers.cookie ?? ''))
      return refused(401, 'not-authenticated', 'Sign in first.');
    return this.about(path);
  }

  private signIn(body: string): Answer {
    const { password, code } = JSON.parse(body) as Record<string, string>;
    if (password !== ACCOUNT.password) return refused(401, 'credentials-refused', 'Wrong.');
    if (code === undefined) return refused(401, 'totp-required', 'Send the code as well.');
    return code === ACCOUNT.code ? this.opened() : refused(401, 'totp-wrong', 'Wrong code.');
  }

  private opened(): Answer {
    this.isSessionOver = false;
    return [200, {}, { 'set-cookie': 'spec-session=on; Path=/; HttpOnly; SameSite=Strict' }];
  }

  private about(path: string): Answer | null {
    const answers: Readonly<Record<string, object>> = {
      '/v1/me': {
        user: USER,
        tenant: {
          id: '7a0c1d3e-0000-4000-8000-000000000001',
          name: 'Morgan Heating',
          zone: 'America/New_York',
          locale: 'en-US',
        },
        role: 'admin',
        scopes: this.scopes,
      },
      '/v1/users': {
        items: [USER, { ...USER, id: `${USER.id.slice(0, -1)}2`, name: 'Ada', state: 'invited' }],
        nextCursor: null,
      },
      '/v1/me/sessions': {
        items: [
          {
            id: '1',
            isCurrent: true,
            address: '127.0.0.1',
            userAgent: 'Chromium',
            lastSeenAt: USER.createdAt,
          },
        ],
        failures: [],
      },
      '/v1/audit': {
        items: [
          {
            seq: 4711,
            at: '2027-03-01T15:00:00.000Z',
            actor: { kind: 'user', id: USER.id, name: USER.name },
            act: 'agent.published',
            object: { kind: 'agent', id: '7a0c1d3e' },
            refusal: null,
            address: '203.0.113.9',
            reason: null,
          },
        ],
        nextCursor: null,
      },
    };
    const body = answers[path];
    return body === undefined ? null : [200, body];
  }

  private pass(asked: IncomingMessage, response: ServerResponse): void {
    const { cookie: _cookie, ...headers } = asked.headers;
    const onward = request(
      new URL(asked.url ?? '/', this.controlApi),
      { method: asked.method ?? 'GET', headers: { ...headers, authorization: `Bearer ${this.apiKey}` } },
      (answered) => {
        response.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    asked.pipe(onward);
  }
}
