import { readBounded, TooLarge, type ToolCallContext } from '@tandem/contracts';
import { pauseBeforeRetry, type RunLimits } from '../retry.ts';
import { classify, interrupted, type CrmAttempt, type CrmRequest, type CrmResponse } from './crm-http.ts';

export interface CrmClientOptions {
  /** Address of crm-api, without a trailing slash. */
  readonly baseUrl: string;
  /** A token for this tenant and call, without the word Bearer. */
  readonly authorize: (context: ToolCallContext) => Promise<string>;
}

/** The limits of a request, as a handler's context has them. */
export type CrmCall = ToolCallContext & RunLimits;

const MAX_ANSWER_BYTES = 256 * 1024;

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
    // An unsafe request is safe to repeat because of its key.
    for (let tries = 0; ; tries++) {
      const { answer, retryAfterMs = 0 } = await this.attempt(call, request, headers);
      if (answer.kind !== 'failed' || !answer.retryable) return answer;
      if (!(await pauseBeforeRetry(tries, retryAfterMs, call))) return answer;
      if (call.signal.aborted) return interrupted(request);
    }
  }

  private async attempt<Value>(
    call: CrmCall,
    request: CrmRequest<Value>,
    headers: Record<string, string>,
  ): Promise<CrmAttempt<Value>> {
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
