import { CalendarFault } from '../calendar-fault.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'REPORT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfterMs: number | null;
  /** In lower case, without parameters. */
  readonly mediaType: string;
  readonly text: string;
  readonly isCutOff: boolean;
  /** The ETag header; null without one. */
  readonly entityTag: string | null;
}

/** A client that refuses addresses requests must not go to. Its errors have a short `code`. */
export interface HttpClient {
  request(request: HttpRequest & { readonly timeoutMs: number }, limitBytes: number): Promise<HttpAnswer>;
}

/** The Authorization header of requests. */
export interface Authorization {
  /** @param isRefused the header before this one was refused @throws CalendarFault when there is no other */
  header(isRefused: boolean): Promise<string>;
}

export interface HttpLimits {
  readonly timeoutMs: number;
  /** No request starts after this; Unix time in ms. */
  readonly deadlineMs: number;
}

const LIMIT_BYTES = 8 * 1024 * 1024;
const MIN_TIMEOUT_MS = 1_000;

/** Requests to one calendar. Failures that concern the whole calendar are faults, other statuses answers. */
export class CalendarHttp {
  constructor(
    private readonly client: HttpClient,
    private readonly authorization: Authorization,
    private readonly limits: HttpLimits,
  ) {}

  /** @throws CalendarFault */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.attempt(request, false);
    return passable(answer.status === 401 ? await this.attempt(request, true) : answer);
  }

  private async attempt(request: HttpRequest, isRefused: boolean): Promise<HttpAnswer> {
    const authorization = await this.authorization.header(isRefused);
    const headers = { 'user-agent': 'Tandem', ...request.headers, authorization };
    return sendOnce(this.client, { ...request, headers }, this.limits);
  }
}

/** Sends a request without an authorization of its own. @throws CalendarFault when there is no answer */
export async function sendOnce(
  client: HttpClient,
  request: HttpRequest,
  { timeoutMs, deadlineMs }: HttpLimits,
): Promise<HttpAnswer> {
  const leftMs = deadlineMs - Date.now();
  if (leftMs < MIN_TIMEOUT_MS) throw new CalendarFault('unavailable', 'out-of-time');
  try {
    const answer = await client.request({ ...request, timeoutMs: Math.min(timeoutMs, leftMs) }, LIMIT_BYTES);
    if (answer.isCutOff) throw new CalendarFault('unavailable', 'answer-too-long');
    return answer;
  } catch (error) {
    if (error instanceof CalendarFault) throw error;
    const code: unknown = (error as { code?: unknown }).code;
    throw new CalendarFault('unavailable', typeof code === 'string' ? code : 'no-answer');
  }
}

/** Returns an answer that concerns the request alone. @throws CalendarFault for one about the calendar */
function passable(answer: HttpAnswer): HttpAnswer {
  const { status, retryAfterMs } = answer;
  if (status === 401) throw new CalendarFault('needs-authorization', 'http-401');
  if (status === 408 || status === 429 || status >= 500 || status < 100)
    throw new CalendarFault('unavailable', `http-${status}`, retryAfterMs);
  return answer;
}

/** Returns the fault of an answer that is none of the expected ones. */
export const refusal = ({ status }: HttpAnswer): CalendarFault =>
  new CalendarFault('refused', status === 404 ? 'calendar-not-found' : `http-${status}`);
