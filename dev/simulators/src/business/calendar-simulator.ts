import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface SimulatedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * A fault of the next request: an answer in place of the usual one, or `lost`, where the request is carried
 * out and the connection cut before its answer.
 */
export type CalendarFault = SimulatedAnswer | 'lost';

const MAX_BODY_BYTES = 1024 * 1024;

/** A calendar behind HTTP on this machine. Subclasses check requests as strictly as the real one. */
export abstract class CalendarSimulator {
  readonly seen: SeenRequest[] = [];
  /** While true, connections are cut without an answer. */
  isDown = false;
  private faults: CalendarFault[] = [];
  private readonly server = createServer((request, response) => void this.serve(request, response));

  /** Returns the answer to a request. */
  protected abstract answer(request: SeenRequest): SimulatedAnswer;

  /** Returns the base URL. */
  async start(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return this.baseUrl;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  /** Lets the next requests fail. */
  fail(...faults: CalendarFault[]): void {
    this.faults.push(...faults);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.isDown) return void request.socket.destroy();
    const { method = '', url: path = '', headers } = request;
    const seen: SeenRequest = { method, path, headers, body: await readBody(request) };
    this.seen.push(seen);
    const fault = this.faults.shift();
    const answer = fault === undefined || fault === 'lost' ? this.answer(seen) : fault;
    if (fault === 'lost') return void request.socket.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
