import {
  bodyOf,
  fillJson,
  fillSecrets,
  fillUrl,
  isSafeToRepeat,
  shownNumber,
  urlTemplateOf,
  type CallFact,
  type HttpTool,
  type HttpToolRequest,
  type JsonValue,
  type TemplateValues,
  type ToolCallContext,
  type ToolOutcome,
} from '@tandem/contracts';
import { pauseBeforeRetry } from '../retry.ts';
import { badArguments, handle, type ToolRunContext } from '../tool-handler.ts';
import { httpToolDeclaration } from './declaration.ts';
import type { HttpFailure, HttpRequest } from './request.ts';
import { isTransientStatus, outcomeOfAnswer, type HttpAnswer } from './response.ts';

/** The means of a run beside those of every handler. */
export interface HttpRunContext extends ToolRunContext {
  /** Sends a request to an address a tenant has set. Never rejects. */
  send(request: HttpRequest): Promise<HttpAnswer | HttpFailure>;
  /** Returns a secret of the tenant, opened; null when it cannot be. */
  openSecret(name: string, sealed: string): string | null;
  /** Returns false when this tool call was begun before: by a worker that was lost. */
  beginOnce(): Promise<boolean>;
}

type Arguments = Readonly<Record<string, JsonValue>>;

const MAX_URL_LENGTH = 2_048;

/** Runs a tool that its agent declares. Arguments come unchecked, as the model wrote them. Never rejects. */
export function runHttpTool(
  request: HttpToolRequest,
  input: unknown,
  context: HttpRunContext,
): Promise<ToolOutcome> {
  const run = (values: unknown) => send(request, values as Arguments, context);
  return handle(httpToolDeclaration(request.tool, request.secrets), run)(input, context);
}

async function send(
  request: HttpToolRequest,
  given: Arguments,
  context: HttpRunContext,
): Promise<ToolOutcome> {
  const { tool } = request;
  const prepared = prepare(request, given, context);
  if ('status' in prepared) return prepared;
  const isRepeatable = isSafeToRepeat(tool);
  // A worker was lost after it began: it is not known whether the request arrived.
  if (!isRepeatable && !(await context.beginOnce())) return { status: 'timed-out' };
  for (let tries = 0; ; tries += 1) {
    const timeoutMs = Math.max(1, Math.floor(Math.min(tool.timeoutMs, context.remainingMs())));
    const answer = await context.send({
      ...prepared,
      timeoutMs,
      signal: context.signal,
      isOnOwnConnection: !isRepeatable,
    });
    const outcome = outcomeOf(tool, answer);
    if (!isRepeatable || !isTransient(answer)) return outcome;
    const retryAfterMs = answer.kind === 'answer' ? (answer.retryAfterMs ?? 0) : 0;
    if (!(await pauseBeforeRetry(tries, retryAfterMs, context))) return outcome;
    if (context.signal.aborted) return tool.method === 'GET' ? { status: 'cancelled' } : outcome;
  }
}

/** Returns the request, or the outcome of one that cannot be sent. */
function prepare(
  { tool, secrets }: HttpToolRequest,
  given: Arguments,
  context: HttpRunContext,
): Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'> | ToolOutcome {
  const values = { ...given, ...factsOf(context) };
  const target = fillUrl(urlTemplateOf(tool), values);
  if ('problem' in target) return badArguments(target.problem);
  if (target.url.length > MAX_URL_LENGTH) return badArguments('they are too long');
  const body = bodyText(tool, given, values);
  const headers = headersOf(tool, body, context, (name) =>
    secrets[name] === undefined ? null : context.openSecret(name, secrets[name]),
  );
  if (headers === null) return { status: 'failed', code: 'secret-missing', retryable: false };
  return { method: tool.method, url: target.url, headers, body };
}

const LASTING = new Set(['timeout', 'cancelled', 'destination-refused', 'compressed-response']);

function isTransient(answer: HttpAnswer | HttpFailure): boolean {
  return answer.kind === 'answer' ? isTransientStatus(answer.status) : !LASTING.has(answer.code);
}

function outcomeOf(tool: HttpTool, answer: HttpAnswer | HttpFailure): ToolOutcome {
  const isSafe = tool.method === 'GET';
  if (answer.kind === 'answer') return outcomeOfAnswer(tool, answer, isSafe);
  const { code, mayHaveArrived } = answer;
  if (code === 'cancelled' && (isSafe || !mayHaveArrived)) return { status: 'cancelled' };
  if (code === 'timeout' || (mayHaveArrived && !isSafe)) return { status: 'timed-out' };
  return {
    status: 'failed',
    code: `http-${code}`.slice(0, 80),
    retryable: !LASTING.has(code),
  };
}

function factsOf(context: ToolCallContext): Record<CallFact, string | undefined> {
  return {
    'call.id': context.callId,
    'call.callerNumber': shownNumber(context.callerNumber) ?? undefined,
    'call.dialledNumber': context.dialledNumber,
    'call.language': context.language,
    'call.timeZone': context.timeZone,
  };
}

function bodyText(tool: HttpTool, given: Arguments, values: TemplateValues): string | null {
  const body = bodyOf(tool);
  if (body.kind === 'none') return null;
  if (body.kind === 'arguments') return JSON.stringify(given);
  return JSON.stringify(fillJson(body.template as JsonValue, values) ?? null);
}

/** Returns the headers of a request; null when a secret is missing. */
function headersOf(
  tool: HttpTool,
  body: string | null,
  { toolCallId }: HttpRunContext,
  secret: (name: string) => string | null,
): Record<string, string> | null {
  const headers: Record<string, string> = {
    accept: 'application/json, application/problem+json, text/plain',
    ...(body === null ? {} : { 'content-type': 'application/json' }),
    ...(tool.method === 'GET' ? {} : { 'idempotency-key': toolCallId }),
  };
  for (const [name, template] of Object.entries(tool.headers)) {
    const value = fillSecrets(template, secret);
    if (value === null) return null;
    headers[name.toLowerCase()] = value;
  }
  return headers;
}
