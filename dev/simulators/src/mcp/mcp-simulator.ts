import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  checkPost,
  checkToken,
  McpRefused,
  SESSION_HEADER,
  sessionOf,
  type McpSessionState,
} from './http-rules.ts';
import { problemOfInput, type SimulatedTool } from './simulated-tool.ts';

/** The way in which tool calls go wrong while it is set. */
export type McpFault =
  /** The call is taken and never answered. */
  | 'hang'
  | 'reset'
  /** The event stream ends in the middle of the answer. */
  | 'cut'
  /** The answer has two megabytes. */
  | 'huge'
  /** The event stream ends before the answer, which comes when the client asks for the rest with GET. */
  | 'resume'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

export interface McpSimulatorOptions {
  readonly tools: SimulatedTool[];
  /** The bearer token; null for none. */
  readonly token?: string | null;
  /** The form of answers. */
  readonly answers?: 'json' | 'sse';
  /** Tools on a page of the list. */
  readonly pageSize?: number;
  /** Versions of the protocol, the preferred one first. */
  readonly versions?: readonly string[];
}

interface Request {
  readonly id: string | number;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

const INVALID_REQUEST = -32_600;
const METHOD_NOT_FOUND = -32_601;
const INVALID_PARAMS = -32_602;
const MAX_BODY_BYTES = 1024 * 1024;

/** A fault in a message, as JSON-RPC says it. */
class RpcFault extends Error {
  override readonly name = 'RpcFault';
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** A server of the Model Context Protocol over streamable HTTP, with sessions. */
export class McpSimulator {
  readonly calls: { readonly name: string; readonly input: unknown; readonly sessionId: string }[] = [];
  /** Statuses of refused requests. */
  readonly refused: number[] = [];
  /** Ids of requests that the client took back. */
  readonly cancelled: unknown[] = [];
  /** Methods of messages that were taken, in their order. */
  readonly methods: string[] = [];
  /** Authorization headers as they came. */
  readonly authorizations: (string | undefined)[] = [];
  readonly sessions = new Map<string, McpSessionState>();
  tools: SimulatedTool[];
  answers: 'json' | 'sse';
  fault: McpFault | null = null;
  private readonly held = new Map<string, object>();
  private readonly server = createServer((request, response) => void this.serve(request, response));

  constructor(private readonly options: McpSimulatorOptions) {
    this.tools = options.tools;
    this.answers = options.answers ?? 'json';
  }

  async start(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/mcp`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  /** Forgets what came in; sessions stay. */
  forget(): void {
    for (const list of [this.calls, this.refused, this.cancelled, this.methods, this.authorizations])
      list.length = 0;
  }

  private get token(): string | null {
    return this.options.token ?? null;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.authorizations.push(request.headers.authorization);
      if (new URL(request.url ?? '/', 'http://mcp').pathname !== '/mcp')
        throw new McpRefused(404, 'Not Found');
      if (request.method === 'DELETE') return this.end(request, response);
      if (request.method === 'GET' && this.resume(request, response)) return;
      // It offers no stream outside of requests.
      if (request.method !== 'POST')
        throw new McpRefused(405, 'Method Not Allowed', { allow: 'POST, DELETE' });
      checkPost(request, this.token);
      this.take(await bodyOf(request), request, response);
    } catch (error) {
      if (!(error instanceof McpRefused)) throw error;
      this.refused.push(error.status);
      const body = { jsonrpc: '2.0', error: { code: -32_000, message: error.message }, id: null };
      response.writeHead(error.status, { 'content-type': 'application/json', ...error.headers });
      response.end(JSON.stringify(body));
    }
  }

  private end(request: IncomingMessage, response: ServerResponse): void {
    checkToken(request, this.token);
    this.sessions.delete(sessionOf(request, this.sessions).id);
    response.writeHead(204).end();
  }

  private take(message: Record<string, unknown>, request: IncomingMessage, response: ServerResponse): void {
    const { id, method, params = {} } = message;
    if (message['jsonrpc'] !== '2.0' || typeof method !== 'string')
      throw new McpRefused(400, 'Bad Request: one JSON-RPC message is expected');
    const isInitialize = method === 'initialize';
    const session = isInitialize ? null : sessionOf(request, this.sessions);
    this.methods.push(method);
    if (id === undefined) {
      this.notice(method, params as Record<string, unknown>, session);
      response.writeHead(202).end();
      return;
    }
    const asked = { id: id as string | number, method, params: params as Record<string, unknown> };
    const fault = method === 'tools/call' ? this.fault : null;
    if (fault !== null && fault !== 'resume') return this.play(fault, asked, request, response);
    const answer = this.answer(asked, session, response);
    if (fault === 'resume') return this.hold({ jsonrpc: '2.0', id: asked.id, ...answer }, response);
    this.send(response, { jsonrpc: '2.0', id: asked.id, ...answer }, isInitialize);
  }

  private notice(method: string, params: Record<string, unknown>, session: McpSessionState | null): void {
    if (method === 'notifications/initialized' && session) session.isInitialized = true;
    if (method === 'notifications/cancelled') this.cancelled.push(params['requestId']);
  }

  private answer(request: Request, session: McpSessionState | null, response: ServerResponse): object {
    try {
      return { result: this.resultOf(request, session, response) };
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      return { error: { code: error.code, message: error.message } };
    }
  }

  private resultOf(
    { method, params }: Request,
    session: McpSessionState | null,
    response: ServerResponse,
  ): unknown {
    if (session === null) return this.initialize(params, response);
    if (method === 'ping') return {};
    if (!session.isInitialized)
      throw new RpcFault(INVALID_REQUEST, 'The client has not sent notifications/initialized');
    if (method === 'tools/list') return this.list(params);
    if (method === 'tools/call') return this.call(params, session);
    throw new RpcFault(METHOD_NOT_FOUND, 'Method not found');
  }

  private initialize(params: Record<string, unknown>, response: ServerResponse): unknown {
    const { protocolVersion, capabilities, clientInfo } = params;
    const { name, version } = (clientInfo ?? {}) as { name?: unknown; version?: unknown };
    const isWhole =
      typeof protocolVersion === 'string' &&
      typeof capabilities === 'object' &&
      typeof name === 'string' &&
      typeof version === 'string';
    if (!isWhole)
      throw new RpcFault(INVALID_PARAMS, 'protocolVersion, capabilities and clientInfo are needed');
    const versions = this.options.versions ?? ['2025-11-25', '2025-06-18', '2025-03-26'];
    const chosen = versions.includes(protocolVersion) ? protocolVersion : (versions[0] ?? '');
    const id = randomUUID();
    this.sessions.set(id, { id, version: chosen, isInitialized: false });
    response.setHeader(SESSION_HEADER, id);
    return {
      protocolVersion: chosen,
      capabilities: { tools: { listChanged: false } },
      serverInfo: { name: 'simulated', version: '1.0.0' },
    };
  }

  private list({ cursor }: Record<string, unknown>): unknown {
    const { pageSize = 50 } = this.options;
    const from = cursor === undefined ? 0 : Number(cursor);
    if (!Number.isInteger(from) || from < 0 || from > this.tools.length)
      throw new RpcFault(INVALID_PARAMS, 'Invalid cursor');
    const next = from + pageSize;
    return {
      tools: this.tools.slice(from, next).map(({ run: _run, ...declared }) => declared),
      ...(next < this.tools.length ? { nextCursor: String(next) } : {}),
    };
  }

  private call({ name, arguments: input = {} }: Record<string, unknown>, { id }: McpSessionState): unknown {
    const tool = this.tools.find((known) => known.name === name);
    if (!tool) throw new RpcFault(INVALID_PARAMS, `Unknown tool: ${String(name)}`);
    const problem = problemOfInput(tool, input);
    if (problem !== null) throw new RpcFault(INVALID_PARAMS, `Invalid arguments: ${problem}`);
    this.calls.push({ name: tool.name, input, sessionId: id });
    return tool.run(input as Record<string, unknown>);
  }

  /** Ends the stream of a request with an event whose id stands for the answer. */
  private hold(message: object, response: ServerResponse): void {
    const eventId = randomUUID();
    this.held.set(eventId, message);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`id: ${eventId}\nretry: 50\ndata: \n\n`);
  }

  /** Sends the answer that an event stands for. Returns false for a GET that asks for none. */
  private resume(request: IncomingMessage, response: ServerResponse): boolean {
    checkToken(request, this.token);
    const message = this.held.get(String(request.headers['last-event-id']));
    if (message === undefined) return false;
    sessionOf(request, this.sessions);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`id: ${randomUUID()}\ndata: ${JSON.stringify(message)}\n\n`);
    return true;
  }

  private play(
    fault: Exclude<McpFault, 'resume'>,
    asked: Request,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    if (fault === 'hang') return;
    if (fault === 'reset') {
      request.socket.destroy();
      return;
    }
    if (fault === 'cut') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: {"jsonrpc":"2.0","id":${JSON.stringify(asked.id)},"res`, () =>
        request.socket.destroy(),
      );
      return;
    }
    if (fault === 'huge') {
      const result = { content: [{ type: 'text', text: 'x'.repeat(2 * 1024 * 1024) }] };
      return this.send(response, { jsonrpc: '2.0', id: asked.id, result }, false);
    }
    this.refused.push(fault.status);
    response.writeHead(fault.status, { 'content-type': 'text/plain', ...fault.headers }).end('a fault');
  }

  private send(response: ServerResponse, message: object, isJson: boolean): void {
    if (isJson || this.answers === 'json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(message));
      return;
    }
    const notice = {
      jsonrpc: '2.0',
      method: 'notifications/message',
      params: { level: 'info', data: 'on it' },
    };
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.write(': a comment\n\n');
    response.write(`event: message\ndata: ${JSON.stringify(notice)}\n\n`);
    response.end(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  }
}

/** Returns the one message of a body; lists of messages are gone since 2025-06-18. @throws McpRefused */
async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new McpRefused(413, 'Payload Too Large');
    chunks.push(chunk);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new McpRefused(400, 'Parse error');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new McpRefused(400, 'Bad Request: one message is expected');
  return body as Record<string, unknown>;
}
