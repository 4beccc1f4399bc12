import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface SeenRequest {
  readonly path: string;
  readonly query: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: string;
}

interface FakeAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string | Buffer;
  readonly delayMs?: number;
}

type Handler = (request: SeenRequest) => string | FakeAnswer | Promise<string | FakeAnswer>;

export interface StreamMessage {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** The server's end of one Media Stream, as a spec sees it. */
export class FakeStream {
  readonly socket: WebSocket;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly messages: StreamMessage[] = [];
  readonly closed: Promise<number>;
  private readonly waiting: {
    readonly matches: (message: StreamMessage) => boolean;
    readonly resolve: (message: StreamMessage) => void;
  }[] = [];

  constructor(socket: WebSocket, path: string, headers: IncomingHttpHeaders) {
    this.socket = socket;
    this.path = path;
    this.headers = headers;
    this.closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as StreamMessage;
      this.messages.push(message);
      for (const waiting of this.waiting.splice(0)) {
        if (waiting.matches(message)) waiting.resolve(message);
        else this.waiting.push(waiting);
      }
    });
  }

  get streamSid(): string {
    return String(this.messages.find((message) => message.event === 'start')?.streamSid);
  }

  of(event: string): StreamMessage[] {
    return this.messages.filter((message) => message.event === event);
  }

  /** Resolves to the first message, past or future, that matches. */
  async next(
    event: string,
    matches: (message: StreamMessage) => boolean = () => true,
  ): Promise<StreamMessage> {
    const wanted = (message: StreamMessage) => message.event === event && matches(message);
    return (
      this.messages.find(wanted) ??
      (await new Promise((resolve) => this.waiting.push({ matches: wanted, resolve })))
    );
  }

  send(message: Record<string, unknown>): void {
    this.socket.send(JSON.stringify(message));
  }

  media(audio: Uint8Array): void {
    this.send({
      event: 'media',
      streamSid: this.streamSid,
      media: { payload: Buffer.from(audio).toString('base64') },
    });
  }

  mark(name: string): void {
    this.send({ event: 'mark', streamSid: this.streamSid, mark: { name } });
  }

  clear(): void {
    this.send({ event: 'clear', streamSid: this.streamSid });
  }

  markNames(): string[] {
    return this.of('mark').map((message) => (message.mark as { name: string }).name);
  }
}

/** A small web application for specs: answers webhooks by path, accepts Media Streams on any other. */
export class FakeApplication {
  readonly requests: SeenRequest[] = [];
  readonly streams: FakeStream[] = [];
  private readonly handlers = new Map<string, Handler>();
  private readonly server: Server;
  private readonly sockets: WebSocketServer;
  private readonly streamWaiters: ((stream: FakeStream) => void)[] = [];
  private nextStream = 0;
  private port = 0;

  constructor() {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        const [path = '', query = ''] = (request.url ?? '').split('?');
        const fields = Object.fromEntries(new URLSearchParams(request.method === 'POST' ? body : query));
        void this.answer(
          { path, query, method: request.method ?? '', headers: request.headers, fields, body },
          response,
        );
      });
    });
    this.sockets = new WebSocketServer({ server: this.server, perMessageDeflate: false });
    this.sockets.on('connection', (socket, request) => {
      const stream = new FakeStream(socket, request.url ?? '', request.headers);
      this.streams.push(stream);
      this.streamWaiters.shift()?.(stream);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const client of this.sockets.clients) client.terminate();
    this.sockets.close();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get streamUrl(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Sets the answer of a path: TwiML, or a handler. */
  on(path: string, answer: string | FakeAnswer | Handler): void {
    this.handlers.set(path, typeof answer === 'function' ? answer : () => answer);
  }

  to(path: string): SeenRequest[] {
    return this.requests.filter((request) => request.path === path);
  }

  /** Returns the next stream that connects and was not returned before. */
  async stream(): Promise<FakeStream> {
    const known = this.streams[this.nextStream];
    this.nextStream += 1;
    return known ?? (await new Promise((resolve) => this.streamWaiters.push(resolve)));
  }

  private async answer(request: SeenRequest, response: ServerResponse): Promise<void> {
    this.requests.push(request);
    const handler = this.handlers.get(request.path);
    if (!handler) return void response.writeHead(404).end();
    const said = await handler(request);
    const answer: FakeAnswer = typeof said === 'string' ? { body: said } : said;
    if (answer.delayMs !== undefined)
      await new Promise((resolve) => setTimeout(resolve, answer.delayMs).unref());
    response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'text/xml' }).end(answer.body);
  }
}
