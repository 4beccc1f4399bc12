import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@tandem/kit';
import { drawLink, type LinkSettings } from '../../link/link.ts';
import type { MessagesResource } from '../messages/messages-resource.ts';
import type { CallsResource, RestAnswer } from './calls-resource.ts';
import { notFound, RestError } from './rest-error.ts';

interface RestServerOptions {
  readonly accountSid: string;
  /** Accepted user names (account sid or API key sids) and their passwords. */
  readonly credentials: ReadonlyMap<string, string>;
  readonly calls: CallsResource;
  readonly messages: MessagesResource;
  /** A request takes one round trip of it. */
  readonly link: LinkSettings;
  readonly clock: Clock;
  readonly random: () => number;
}

type Handler = (request: RestRequest) => RestAnswer;

interface RestRequest {
  readonly path: string;
  readonly sid: string;
  readonly form: URLSearchParams;
}

const MAX_BODY_BYTES = 64 * 1024;

/** Twilio's REST API as far as calls and messages go. */
export class RestServer {
  private readonly options: RestServerOptions;
  private readonly routes: readonly (readonly [method: string, pattern: RegExp, handler: Handler])[];
  private readonly server: Server;

  constructor(options: RestServerOptions) {
    this.options = options;
    const { calls, messages, accountSid } = options;
    const base = `^/2010-04-01/Accounts/${accountSid}`;
    this.routes = [
      ['POST', new RegExp(`${base}/Messages\\.json$`), ({ form }) => messages.create(form)],
      ['POST', new RegExp(`${base}/Calls\\.json$`), ({ form }) => calls.create(form)],
      [
        'GET',
        new RegExp(`${base}/Calls/(CA[0-9a-f]{32})\\.json$`),
        ({ sid, path }) => calls.fetch(sid, path),
      ],
      [
        'POST',
        new RegExp(`${base}/Calls/(CA[0-9a-f]{32})\\.json$`),
        ({ sid, form, path }) => calls.update(sid, form, path),
      ],
    ];
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  /** Returns the base URL, `http://127.0.0.1:port`. */
  async start(host: string, port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    return `http://${host}:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { link, clock, random } = this.options;
    const [roundTripMs] = drawLink(link, random).roundTripMs;
    if (roundTripMs > 0) await new Promise<void>((resolve) => clock.after(roundTripMs, resolve));
    const answer = await this.answer(request).catch((error: unknown) => {
      const failure = error instanceof RestError ? error : new RestError(500, 20_500, String(error));
      return { status: failure.status, body: failure.body };
    });
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (answer.status === 401) headers['www-authenticate'] = 'Basic realm="Twilio API"';
    response.writeHead(answer.status, headers).end(JSON.stringify(answer.body));
  }

  private async answer(request: IncomingMessage): Promise<RestAnswer> {
    this.authenticate(request.headers.authorization ?? '');
    const path = (request.url ?? '').split('?')[0] ?? '';
    for (const [method, pattern, handler] of this.routes) {
      const match = pattern.exec(path);
      if (!match || method !== request.method) continue;
      const form = method === 'POST' ? await readForm(request) : new URLSearchParams();
      return handler({ path, sid: match[1] ?? '', form });
    }
    throw notFound(path);
  }

  private authenticate(header: string): void {
    const [user = '', ...password] = Buffer.from(header.replace(/^Basic /i, ''), 'base64')
      .toString('utf8')
      .split(':');
    const expected = this.options.credentials.get(user);
    if (!/^Basic /i.test(header) || expected === undefined || expected !== password.join(':'))
      throw new RestError(401, 20_003, 'Authenticate');
  }
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')) {
    throw new RestError(
      415,
      19_056,
      'Input request content type is invalid: use application/x-www-form-urlencoded',
    );
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) throw new RestError(413, 20_413, 'The request is too large');
    parts.push(part);
  }
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}
