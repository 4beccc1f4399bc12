import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallId, TenantId, ToolCallId } from '@tandem/contracts';
import { CrmClient } from '../crm/crm-client.ts';
import type { ToolRunContext } from '../tool-handler.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** The response; a function responds by itself, or not at all. */
export type Scripted =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | ((response: ServerResponse) => void);

/** A crm-api that gives scripted responses one after the other, and the last one from then on. */
export class ScriptedCrm {
  readonly seen: SeenRequest[] = [];
  private readonly scripts = new Map<string, Scripted[]>();
  private readonly server = createServer((request, response) => void this.serve(request, response));

  async start(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  on(route: string, ...answers: Scripted[]): this {
    this.scripts.set(route, answers);
    return this;
  }

  forget(): void {
    this.seen.length = 0;
    this.scripts.clear();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? '/', 'http://crm');
    this.seen.push({
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text ? (JSON.parse(text) as unknown) : undefined,
    });
    const script = this.scripts.get(`${request.method} ${url.pathname}`) ?? [];
    const answer = script.length > 1 ? script.shift() : script[0];
    if (typeof answer === 'function') return answer(response);
    const { status, body, headers } = answer ?? {
      status: 404,
      body: { status: 404, code: 'not-scripted', detail: `${request.method} ${url.pathname}` },
    };
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
  }
}

const CALL_ID = '0193b0f0-1111-4222-8333-444444444444' as CallId;

export function contextFor(baseUrl: string, change: Partial<ToolRunContext> = {}): ToolRunContext {
  return {
    callId: CALL_ID,
    tenantId: '0193b0f0-aaaa-4bbb-8ccc-dddddddddddd' as TenantId,
    callerNumber: '+12025550123',
    dialledNumber: '+12025550100',
    timeZone: 'America/New_York',
    language: 'en-US',
    keypad: '',
    secureDigits: {},
    toolCallId: `tc_${CALL_ID}_1_a` as ToolCallId,
    signal: new AbortController().signal,
    remainingMs: () => 5_000,
    crm: new CrmClient({ baseUrl, authorize: (context) => Promise.resolve(`token-of-${context.tenantId}`) }),
    ...change,
  };
}

export const problem = (status: number, code: string, extra: object = {}): Scripted => ({
  status,
  body: {
    type: `urn:tandem:problem:${code}`,
    title: code,
    status,
    code,
    detail: `Detail of ${code}.`,
    ...extra,
  },
});

export const slot = (start: string, end: string, name = 'Maria Alvarez') => ({
  start,
  end,
  resource: { id: '0193b0f0-0000-4000-8000-000000000001', name },
});

/** A booking as crm-api has it, of an hour. */
export function ownBooking(reference: string, start: string, name = 'Alex Morgan') {
  return {
    ...slot(start, start.replace('T09:', 'T10:')),
    id: randomUUID(),
    reference,
    service: { key: 'plumbing', name: 'Plumbing visit' },
    name,
    contact: { name },
    callId: null,
    caller: null,
  };
}
