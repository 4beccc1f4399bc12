import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  SearchRefused,
  type Form,
  type SearchRequest,
  type SimulatedPage,
  type WebSearchForm,
} from './form.ts';
import { BRAVE, SEARXNG, TAVILY } from './forms.ts';

const FORMS: Readonly<Record<WebSearchForm, Form>> = { searxng: SEARXNG, brave: BRAVE, tavily: TAVILY };

/** The next answer: `hang` takes the request and never answers. */
export type SearchFault = 'hang' | 'reset' | 'not-json' | 'endless' | { readonly status: number };

/** One search engine behind HTTP: SearXNG, Brave or Tavily. It finds the same pages for every query. */
export class WebSearchSimulator {
  readonly seen: (SearchRequest & { readonly query: string; readonly count: number })[] = [];
  /** Refusals so far, by status: a strict engine does not take what the real one refuses. */
  readonly refused: number[] = [];
  pages: readonly SimulatedPage[] = [];
  fault: SearchFault | null = null;
  private readonly server = createServer((request, response) => void this.serve(request, response));

  constructor(
    readonly form: WebSearchForm,
    readonly apiKey = 'key-of-a-search-engine',
  ) {}

  async start(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://engine');
    const given: SearchRequest = {
      method: request.method ?? '',
      path: pathname,
      parameters: searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    try {
      const form = FORMS[this.form];
      const asked = form.read(given, this.apiKey);
      this.seen.push({ ...given, ...asked });
      if (this.fault !== null) return this.play(this.fault, request, response);
      send(response, 200, form.write(asked.query, this.pages.slice(0, asked.count)));
    } catch (error) {
      if (!(error instanceof SearchRefused)) throw error;
      this.refused.push(error.status);
      send(response, error.status, error.body, error.mediaType);
    }
  }

  private play(fault: SearchFault, request: IncomingMessage, response: ServerResponse): void {
    if (fault === 'reset') request.socket.destroy();
    else if (fault === 'not-json') send(response, 200, '<html>a proxy</html>', 'text/html');
    else if (fault === 'endless') flood(response);
    else if (fault !== 'hang') send(response, fault.status, {});
  }
}

function send(response: ServerResponse, status: number, body: unknown, mediaType = 'application/json'): void {
  response
    .writeHead(status, { 'content-type': mediaType })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Writes for as long as somebody reads. */
function flood(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const block = 'x'.repeat(64 * 1024);
  const more = () => {
    if (!response.destroyed && response.write(block)) setImmediate(more);
  };
  response.on('drain', more);
  more();
}
