import { parseJson, type ToolCallId } from '@tandem/contracts';
import { z } from 'zod';

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

/** Outcome of one attempt, and how long crm-api asks to wait before another. */
export type CrmAttempt<Value> = { readonly answer: CrmResponse<Value>; readonly retryAfterMs?: number };

/** Returns what a response to the request means. */
export function classify<Value>(
  request: CrmRequest<Value>,
  response: Response,
  text: string,
): CrmAttempt<Value> {
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

/** Returns the result of a stopped request. One that changes something may have done so before. */
export function interrupted(request: CrmRequest<unknown>): CrmResponse<never> {
  return request.method === 'GET'
    ? { kind: 'cancelled' }
    : { kind: 'failed', code: 'crm-interrupted', retryable: true };
}

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 30) * 1000 : 0;
}
