import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolCallContext, ToolCallId } from '@tandem/contracts';
import { z } from 'zod';
import { readBounded, TooLarge } from './bounded-body.ts';

export interface CrmClientOptions {
  /** Address of crm-api, without a trailing slash. */
  readonly baseUrl: string;
  /** A token for this tenant and call, without the word Bearer. */
  readonly authorize: (context: ToolCallContext) => Promise<string>;
}

/** A request to crm-api. */
export type CrmRequest<Value> = {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** Schema of the response. */
  readonly answer: z.ZodType<Value>;
} & (
  | { readonly method: 'GET' }
  /** A job may run again after its worker died: the tool call's id has the effect done once. */
  | { readonly method: 'POST' | 'PATCH' | 'DELETE'; readonly idempotencyKey: ToolCallId }
);

/** The limits of a request, as a handler's context has them. */
export type CrmCall = ToolCallContext & { readonly signal: AbortSignal; remainingMs(): number };

export type CrmProblem = z.infer<typeof problemSchema>;

/**
 * The result of a request. `problem`: crm-api refused it, for a reason of the business. `failed`: something
 * broke; after an unsafe request it is then not known whether it was done.
 */
export type CrmResponse<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'problem'; readonly problem: CrmProblem }
  | { readonly kind: 'failed'; readonly code: string; readonly retryable: boolean }
  | { readonly kind: 'cancelled' };

const problemSchema = z.looseObject({
  status: z.number().int(),
  code: z.string().max(60),
  detail: z.string().max(2000),
});

/** Statuses of a refusal by the business; other 4xx are faults of ours. */
const BUSINESS_STATUSES = new Set([404, 409, 422]);
const MAX_ANSWER_BYTES = 256 * 1024;
/** Pauses before trying again; an unsafe request is safe to repeat because of its key. */
const PAUSES_MS = [100, 300, 1_000];
/** No attempt is started with less time than this. */
const LEAST_TRY_MS = 150;

type Attempt<Value> = { readonly answer: CrmResponse<Value>; readonly retryAfterMs?: number };

/**
 * Calls crm-api for one tool call at a time, within its deadline. Every result of crm-api and the network is
 * a value.
 */
export class CrmClient {
  constructor(private readonly options: CrmClientOptions) {}

  /** @throws only what `authorize` throws */
  async ask<Value>(call: CrmCall, request: CrmRequest<Value>): Promise<CrmResponse<Value>> {
    if (call.signal.aborted) return { kind: 'cancelled' };
    const headers = await this.headers(call, request);
    for (let tries = 0; ; tries++) {
      const { answer, retryAfterMs } = await this.attempt(call, request, headers);
      const pauseMs = PAUSES_MS[tries];
      if (answer.kind !== 'failed' || !answer.retryable || pauseMs === undefined) return answer;
      const waitMs = Math.max(pauseMs, retryAfterMs ?? 0);
      if (call.remainingMs() - waitMs < LEAST_TRY_MS) return answer;
      await sleep(waitMs, undefined, { signal: call.signal }).catch(() => undefined);
      if (call.signal.aborted) return interrupted(request);
    }
  }

  private async attempt<Value>(
    call: CrmCall,
    request: CrmRequest<Value>,
    headers: Record<string, string>,
  ): Promise<Attempt<Value>> {
    const deadline = AbortSignal.timeout(Math.max(1, Math.floor(call.remainingMs())));
    try {
      const response = await fetch(this.urlOf(request), {
        method: request.method,
        headers,
        body: request.body === undefined ? null : JSON.stringify(request.body),
        redirect: 'error',
        signal: AbortSignal.any([call.signal, deadline]),
      });
      const text = await readBounded(response, MAX_ANSWER_BYTES);
      return classify(request, response, text);
    } catch (error) {
      if (call.signal.aborted) return { answer: interrupted(request) };
      if (error instanceof TooLarge)
        return { answer: { kind: 'failed', code: 'crm-answer-too-large', retryable: false } };
      return {
        answer: {
          kind: 'failed',
          code: deadline.aborted ? 'crm-timeout' : 'crm-unreachable',
          retryable: true,
        },
      };
    }
  }

  private urlOf({ path, query }: CrmRequest<unknown>): string {
    const search = new URLSearchParams(
      Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    return `${this.options.baseUrl}${path}${search.size > 0 ? `?${search.toString()}` : ''}`;
  }

  private async headers(call: CrmCall, request: CrmRequest<unknown>): Promise<Record<string, string>> {
    return {
      authorization: `Bearer ${await this.options.authorize(call)}`,
      accept: 'application/json, application/problem+json',
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...('idempotencyKey' in request ? { 'idempotency-key': request.idempotencyKey } : {}),
    };
  }
}

function classify<Value>(request: CrmRequest<Value>, response: Response, text: string): Attempt<Value> {
  const body = parseJson(text);
  if (response.ok) {
    const value = request.answer.safeParse(body);
    return {
      answer: value.success
        ? { kind: 'ok', value: value.data }
        : { kind: 'failed', code: 'crm-bad-answer', retryable: false },
    };
  }
  const parsed = problemSchema.safeParse(body);
  const code = parsed.success ? parsed.data.code : `http-${response.status}`;
  const isTransient =
    response.status >= 500 ||
    response.status === 429 ||
    response.status === 408 ||
    code === 'idempotency-in-progress';
  if (isTransient) {
    return {
      answer: { kind: 'failed', code: `crm-${code}`, retryable: true },
      retryAfterMs: retryAfterMs(response),
    };
  }
  if (parsed.success && BUSINESS_STATUSES.has(response.status))
    return { answer: { kind: 'problem', problem: parsed.data } };
  return { answer: { kind: 'failed', code: `crm-${code}`, retryable: false } };
}

/** A stopped request other than GET may have had its effect before. */
function interrupted(request: CrmRequest<unknown>): CrmResponse<never> {
  return request.method === 'GET'
    ? { kind: 'cancelled' }
    : { kind: 'failed', code: 'crm-interrupted', retryable: true };
}

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 30) * 1000 : 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
