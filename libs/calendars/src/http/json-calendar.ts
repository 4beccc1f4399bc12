import type { z } from 'zod';
import { CalendarFault } from '../calendar-fault.ts';
import { parseJson } from '../oauth/oauth-client.ts';
import { refusal, type CalendarHttp, type HttpAnswer, type HttpRequest } from './calendar-http.ts';

/** Requests with JSON to one calendar. */
export class JsonCalendar {
  constructor(
    private readonly http: CalendarHttp,
    private readonly headers: Readonly<Record<string, string>>,
    /** Returns the fault of an answer where its body decides; null leaves it to the status. */
    private readonly faultOf: (answer: HttpAnswer) => CalendarFault | null = () => null,
  ) {}

  /** @param expected statuses that are no fault @throws CalendarFault */
  async send(
    method: HttpRequest['method'],
    url: string,
    body: object | null,
    expected: readonly number[],
  ): Promise<HttpAnswer> {
    const headers = { accept: 'application/json', ...this.headers };
    const answer = await this.http.send({
      method,
      url,
      headers: body === null ? headers : { ...headers, 'content-type': 'application/json' },
      body: body === null ? null : JSON.stringify(body),
    });
    if (expected.includes(answer.status)) return answer;
    throw this.faultOf(answer) ?? refusal(answer);
  }

  /** Reads a body. @throws CalendarFault */
  async get<Schema extends z.ZodType>(url: string, schema: Schema): Promise<z.output<Schema>> {
    return read(await this.send('GET', url, null, [200]), schema);
  }
}

/** Returns the body of an answer. @throws CalendarFault when it has another form */
export function read<Schema extends z.ZodType>({ text }: HttpAnswer, schema: Schema): z.output<Schema> {
  const body = schema.safeParse(parseJson(text));
  if (!body.success) throw new CalendarFault('unavailable', 'unreadable-answer');
  return body.data;
}
