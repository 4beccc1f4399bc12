import { setTimeout as sleep } from 'node:timers/promises';
import {
  parseJson,
  ProviderError,
  readBounded,
  TooLarge,
  type ProviderErrorCategory,
} from '@tandem/contracts';
import type { z } from 'zod';

/** An endpoint of a provider, and the limits of a request to it. */
export interface JsonEndpoint {
  /** The word for it in errors and metrics. */
  readonly provider: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the whole request, further attempts and the pauses between them included. */
  readonly timeoutMs: number;
}

/** An answer of some thousand tokens has some ten thousand bytes. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Pauses before another attempt; a longer Retry-After counts instead. */
const PAUSES_MS = [300, 1_200];
/** No attempt begins with less time than this. */
const LEAST_TRY_MS = 500;

interface Attempt {
  readonly error: ProviderError;
  readonly retryAfterMs: number;
}

/**
 * Posts JSON and returns the checked answer. Attempts that a provider refused for the moment, or that did not
 * reach it, are repeated while there is time. Errors carry our own words and the provider's code only: what a
 * provider writes may repeat the request.
 * @throws ProviderError; the signal's reason when it is aborted
 */
export async function postJson<Answer>(
  endpoint: JsonEndpoint,
  body: unknown,
  schema: z.ZodType<Answer>,
  signal?: AbortSignal,
): Promise<Answer> {
  const deadline = Date.now() + endpoint.timeoutMs;
  const text = JSON.stringify(body);
  for (let tries = 0; ; tries += 1) {
    signal?.throwIfAborted();
    const outcome = await attempt(endpoint, text, schema, deadline, signal);
    if ('answer' in outcome) return outcome.answer;
    const pauseMs = PAUSES_MS[tries];
    if (!outcome.error.retryable || pauseMs === undefined) throw outcome.error;
    const waitMs = Math.max(pauseMs, outcome.retryAfterMs);
    if (deadline - Date.now() - waitMs < LEAST_TRY_MS) throw outcome.error;
    await sleep(waitMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

async function attempt<Answer>(
  { provider, url, headers }: JsonEndpoint,
  body: string,
  schema: z.ZodType<Answer>,
  deadline: number,
  signal?: AbortSignal,
): Promise<{ readonly answer: Answer } | Attempt> {
  const timeout = AbortSignal.timeout(Math.max(1, deadline - Date.now()));
  const fault = (
    code: string,
    category: ProviderErrorCategory,
    cause?: unknown,
    retryAfterMs = 0,
  ): Attempt => ({
    error: new ProviderError(MEANING[category], { provider, code, category, cause }),
    retryAfterMs,
  });
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body,
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const answer = parseJson(await readBounded(response, MAX_BODY_BYTES));
    if (!response.ok) {
      const category = categoryOf(response.status, answer);
      return fault(`http-${response.status}`, category, undefined, retryAfterMsOf(response));
    }
    const parsed = schema.safeParse(answer);
    return parsed.success ? { answer: parsed.data } : fault('answer-malformed', 'server');
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TooLarge) return fault('answer-too-large', 'invalid-request');
    return fault(timeout.aborted ? 'timeout' : 'unreachable', 'connectivity', error);
  }
}

const MEANING: Readonly<Record<ProviderErrorCategory, string>> = {
  authentication: 'The text model refused the key. Check TEXT_MODEL_API_KEY and TEXT_MODEL_URL.',
  quota: 'The account of the text model has no credit or quota left. Raise it at the provider.',
  'rate-limit': 'The text model gets more requests than the account allows. Try again later.',
  connectivity: 'The text model did not answer in time. Check TEXT_MODEL_URL and the network.',
  'invalid-request':
    'The text model does not take the request. Check that TEXT_MODEL_KIND and TEXT_MODEL_NAME fit it.',
  server: 'The text model failed. Try again later.',
  unknown: 'The text model failed in an unknown way.',
};

/** OpenAI's code of an account without credit, which comes under 429 as being too fast does. */
const NO_CREDIT = 'insufficient_quota';

function categoryOf(status: number, answer: unknown): ProviderErrorCategory {
  if (status === 401 || status === 403) return 'authentication';
  if (status === 402) return 'quota';
  if (status === 429) return errorCodeOf(answer) === NO_CREDIT ? 'quota' : 'rate-limit';
  return status >= 500 || status === 408 ? 'server' : 'invalid-request';
}

function errorCodeOf(answer: unknown): unknown {
  const { error } = (answer ?? {}) as { error?: { code?: unknown } | null };
  return error?.code;
}

/** Returns the header in ms from now; 0 without one. */
function retryAfterMsOf({ headers }: Response): number {
  const text = headers.get('retry-after');
  if (text === null) return 0;
  const ms = /^\d{1,6}(?:\.\d{1,3})?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
