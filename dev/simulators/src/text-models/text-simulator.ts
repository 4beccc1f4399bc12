import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The next answer of a simulated text model, or its fault. */
export type TextTurn =
  | { readonly text: string; readonly finish?: 'stop' | 'length' | 'filtered' }
  | { readonly calls: readonly { readonly name: string; readonly input: Record<string, unknown> }[] }
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  /** The request is taken and never answered. */
  | { readonly fault: 'hang' | 'reset' | 'endless' | 'not-json' };

export interface SeenTextRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

/** A request the real API refuses. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly status: number,
    /** The provider's own code or type. */
    readonly code: string,
    message: string,
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

const MAX_BODY_BYTES = 4 * 1024 * 1024;

export interface TextSimulatorOptions {
  readonly apiKey: string;
  readonly models?: readonly string[];
}

/**
 * One text model behind HTTP. It gives scripted turns one after the other, and the last one from then on.
 * Subclasses check requests as strictly as the real API does and write answers in its form.
 */
export abstract class TextSimulator {
  readonly seen: SeenTextRequest[] = [];
  private turns: TextTurn[] = [{ text: 'Simulated answer.' }];
  private readonly server = createServer((request, response) => void this.serve(request, response));

  constructor(protected readonly options: TextSimulatorOptions) {}

  protected abstract readonly path: string;
  /** @throws Refused */
  protected abstract check(headers: IncomingMessage['headers'], body: Record<string, unknown>): void;
  protected abstract toAnswer(
    turn: Extract<TextTurn, { text: string } | { calls: readonly unknown[] }>,
    body: Record<string, unknown>,
  ): unknown;
  protected abstract toError(refused: Refused): unknown;

  async start(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return this.baseUrl;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  script(...turns: TextTurn[]): this {
    this.turns = turns;
    this.seen.length = 0;
    return this;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await this.read(request);
      this.seen.push({ path: request.url ?? '', headers: request.headers, body });
      this.check(request.headers, body);
      const turn = (this.turns.length > 1 ? this.turns.shift() : this.turns[0]) ?? { text: '' };
      this.play(turn, body, request, response);
    } catch (error) {
      const refused = error instanceof Refused ? error : new Refused(500, 'server_error', String(error));
      send(response, refused.status, this.toError(refused));
    }
  }

  private async read(request: IncomingMessage): Promise<Record<string, unknown>> {
    if (request.method !== 'POST' || !request.url?.split('?')[0]?.endsWith(this.path))
      throw new Refused(404, 'not_found', `Unknown request URL: ${request.method} ${request.url}`);
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
      throw new Refused(415, 'unsupported_media_type', 'The content type must be application/json.');
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) throw new Refused(413, 'request_too_large', 'The request is too large.');
      chunks.push(chunk);
    }
    try {
      return asObject(JSON.parse(Buffer.concat(chunks).toString()), 'body');
    } catch (error) {
      throw error instanceof Refused ? error : new Refused(400, 'invalid_json', 'The body is not JSON.');
    }
  }

  private play(
    turn: TextTurn,
    body: Record<string, unknown>,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    if ('fault' in turn) {
      if (turn.fault === 'reset') request.socket.destroy();
      if (turn.fault === 'not-json') response.writeHead(200).end('<html>a proxy</html>');
      if (turn.fault === 'endless') flood(response);
      return;
    }
    if ('status' in turn) return send(response, turn.status, turn.body ?? {}, turn.headers);
    send(response, 200, this.toAnswer(turn, body));
  }
}

function send(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Writes for as long as somebody reads. */
function flood(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const block = 'x'.repeat(256 * 1024);
  const more = () => {
    if (!response.destroyed && response.write(block)) setImmediate(more);
  };
  response.on('drain', more);
  more();
}

export function asObject(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refused(400, 'invalid_type', `${field}: expected an object`, field);
  return value as Record<string, unknown>;
}

export function asList(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value)) throw new Refused(400, 'invalid_type', `${field}: expected an array`, field);
  return value;
}

export function asText(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new Refused(400, 'invalid_type', `${field}: expected a string`, field);
  return value;
}

/** @throws Refused for a field the API does not have, or a needed one that is missing */
export function checkFields(
  value: Record<string, unknown>,
  needed: readonly string[],
  optional: readonly string[],
  field: string,
): void {
  const unknown = Object.keys(value).find((name) => ![...needed, ...optional].includes(name));
  if (unknown !== undefined)
    throw new Refused(
      400,
      'unknown_parameter',
      `${field}${unknown}: unknown parameter`,
      `${field}${unknown}`,
    );
  const missing = needed.find((name) => value[name] === undefined);
  if (missing !== undefined)
    throw new Refused(400, 'missing_required_parameter', `${field}${missing}: missing`, `${field}${missing}`);
}

/** A whole number within limits; undefined passes. */
export function checkNumber(
  value: unknown,
  field: string,
  least: number,
  most: number,
  isWhole = true,
): void {
  if (value === undefined) return;
  const isFine = typeof value === 'number' && value >= least && value <= most;
  if (!isFine || (isWhole && !Number.isInteger(value)))
    throw new Refused(400, 'invalid_value', `${field}: must be from ${least} to ${most}`, field);
}
