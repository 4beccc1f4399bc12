import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A response before it is written. */
export interface Reply {
  readonly status: number;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A fault a request meets instead of being answered: a status, or a connection that is cut. */
export type PlannedFault = Reply | 'reset' | 'reset-after';

export interface BusinessRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** A request that was taken, and how it was answered. */
export interface SeenRequest extends BusinessRequest {
  readonly status: number | 'reset';
}

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * A business system behind HTTP, with faults that a spec plans. Subclasses check requests as strictly as the
 * real one.
 */
export abstract class BusinessSimulator {
  readonly requests: SeenRequest[] = [];
  /** While true, connections are cut without an answer. */
  isDown = false;
  private faults: PlannedFault[] = [];
  private readonly server = createServer((request, response) => void this.serve(request, response));

  /** Returns the response of the real system to a request. */
  protected abstract answer(request: BusinessRequest): Reply;

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

  /** The next requests meet these faults, one each. `reset-after` acts on the request and cuts the line. */
  plan(...faults: readonly PlannedFault[]): void {
    this.faults.push(...faults);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.isDown) return void request.socket.destroy();
    const text = await textOf(request);
    if (text === null) return;
    if (text === 'too-long') return void response.writeHead(413).end();
    const url = new URL(request.url ?? '/', this.url);
    const taken: BusinessRequest = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      text: text.whole,
    };
    const fault = this.faults.shift();
    if (fault === 'reset' || fault === 'reset-after') {
      if (fault === 'reset-after') this.answer(taken);
      this.requests.push({ ...taken, status: 'reset' });
      return void request.socket.destroy();
    }
    const { status, body, headers = {} } = fault ?? this.answer(taken);
    this.requests.push({ ...taken, status });
    respond(response, { status, body, headers });
  }
}

/** Returns the body of a request; null when its connection broke. */
async function textOf(request: IncomingMessage): Promise<{ whole: string } | 'too-long' | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) return 'too-long';
      chunks.push(chunk);
    }
  } catch {
    return null;
  }
  return { whole: Buffer.concat(chunks).toString() };
}

function respond(response: ServerResponse, { status, body, headers }: Reply): void {
  if (typeof body === 'string') return void response.writeHead(status, headers).end(body);
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** Returns a JSON object in a request; null when it holds none, or is of another type. */
export function jsonOf({ headers, text }: BusinessRequest): Record<string, unknown> | null {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Returns the fields of a form; null when the request is of another type. */
export function formOf({ headers, text }: BusinessRequest): URLSearchParams | null {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  return isForm ? new URLSearchParams(text) : null;
}
