import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface IngressRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly fields: Readonly<Record<string, string>>;
}

type Answer = string | { readonly status: number; readonly body: string };
type Handler = (request: IngressRequest) => Answer | Promise<Answer>;

/** An application that answers what a dialplan asks, by path. */
export class FakeIngress {
  readonly requests: IngressRequest[] = [];
  private readonly handlers = new Map<string, Handler>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      request.on('end', () => {
        const path = request.url ?? '';
        const fields = Object.fromEntries(new URLSearchParams(body));
        const asked = { path, headers: request.headers, fields };
        this.requests.push(asked);
        void this.answer(asked).then(({ status, body: text }) =>
          response.writeHead(status, { 'content-type': 'text/plain' }).end(text),
        );
      });
    });
  }

  /** Address with which the paths of the dialplan begin. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/asterisk`;
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Sets the answers of a path, given in turn; the last one for ever. */
  on(path: string, ...answers: readonly (Answer | Handler)[]): void {
    let asked = 0;
    this.handlers.set(`/asterisk/${path}`, (request) => {
      const answer = answers[Math.min(asked, answers.length - 1)] ?? '';
      asked += 1;
      return typeof answer === 'function' ? answer(request) : answer;
    });
  }

  to(path: string): readonly IngressRequest[] {
    return this.requests.filter((request) => request.path === `/asterisk/${path}`);
  }

  private async answer(request: IngressRequest): Promise<{ status: number; body: string }> {
    const handler = this.handlers.get(request.path);
    if (!handler) return { status: 404, body: '' };
    const answer = await handler(request);
    return typeof answer === 'string' ? { status: 200, body: answer } : answer;
  }
}
