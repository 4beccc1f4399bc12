import { depthOf, valueAt, type HttpTool, type JsonValue, type ToolOutcome } from '@tandem/contracts';
import { refused } from '../crm/outcome.ts';
import { DONE, REFUSED_BY_DEFAULT } from '../declared-tool.ts';

/** The response to a request. */
export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly retryAfterMs: number | null;
  readonly mediaType: string;
  readonly text: string;
  readonly isCutOff: boolean;
}

/** How much of a response the model is told, in bytes of JSON. */
export const MAX_VALUE_BYTES = 8 * 1024;
export const MAX_VALUE_DEPTH = 20;
const MAX_DETAIL_LENGTH = 300;

/** Statuses of a refusal by the business. */
const REFUSED = new Set([400, 404, 409, 410, 422]);
const TRANSIENT = new Set([408, 425, 429]);

export const isTransientStatus = (status: number): boolean => status >= 500 || TRANSIENT.has(status);

/** Returns the outcome of a request that was answered. @param isSafe the request changes nothing */
export function outcomeOfAnswer(tool: HttpTool, answer: HttpAnswer, isSafe: boolean): ToolOutcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return outcomeOfSuccess(tool, answer, isSafe);
  if (REFUSED.has(status))
    return refused(`http-${status}`, tool.sentences.refused ?? explanationOf(answer) ?? REFUSED_BY_DEFAULT);
  if (status >= 300 && status < 400)
    return { status: 'failed', code: 'http-redirect-refused', retryable: false };
  return { status: 'failed', code: `http-${status}`, retryable: isTransientStatus(status) };
}

function outcomeOfSuccess({ response }: HttpTool, answer: HttpAnswer, isSafe: boolean): ToolOutcome {
  if (answer.text === '') return { status: 'ok', value: DONE };
  // What was done is done, whatever came back.
  const unusable = (code: string): ToolOutcome =>
    isSafe ? { status: 'failed', code, retryable: false } : { status: 'ok', value: DONE };
  if (answer.isCutOff) return unusable('http-response-too-large');
  const body = readBody(answer);
  const hasFields = Object.keys(response.fields).length > 0;
  if (body === undefined || (hasFields && typeof body !== 'object'))
    return unusable('http-response-unreadable');
  if (depthOf(body) > MAX_VALUE_DEPTH) return unusable('http-response-unreadable');
  const value = hasFields ? pickFields(body, response.fields) : body;
  return Buffer.byteLength(JSON.stringify(value)) > MAX_VALUE_BYTES
    ? unusable('http-response-too-large')
    : { status: 'ok', value };
}

/** Returns JSON as its value, other text as text; undefined for anything else. */
function readBody({ mediaType, text }: HttpAnswer): JsonValue | undefined {
  if (mediaType === 'application/json' || mediaType.endsWith('+json') || mediaType === '') {
    try {
      return JSON.parse(text) as JsonValue;
    } catch {
      return undefined;
    }
  }
  return mediaType === 'text/plain' ? text.replaceAll('\0', '') : undefined;
}

export function pickFields(body: JsonValue, fields: HttpTool['response']['fields']): JsonValue {
  return Object.fromEntries(Object.entries(fields).map(([name, path]) => [name, valueAt(body, path)]));
}

/** Returns the reason a problem+json response gives; null for any other. */
function explanationOf(answer: HttpAnswer): string | null {
  if (answer.mediaType !== 'application/problem+json' || answer.isCutOff) return null;
  const body = readBody(answer);
  const detail = typeof body === 'object' && body !== null ? valueAt(body, 'detail') : null;
  return typeof detail === 'string' && detail !== '' ? detail.slice(0, MAX_DETAIL_LENGTH) : null;
}
