import { gate, type Demand } from './gate.ts';
import { client } from './generated/client.gen.ts';
import { RequestRefused, toProblem } from './problem.ts';

client.setConfig({ baseUrl: '', credentials: 'same-origin' });

interface Answered<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response?: Response;
}
type Request<Data> = () => Promise<Answered<Data>>;

/** The code of control-api for the want of a password typed a short while ago. */
const CONFIRM_CODE = 'reauthentication-required';

/**
 * Returns the answer of a request of the generated client. A request without a session waits for the sign-in
 * and is sent again.
 * @throws RequestRefused for everything else
 */
export async function ask<Data>(request: Request<Data>): Promise<Data> {
  return (await askWithTag(request)).data;
}

/** Returns the answer and its ETag, to be sent as If-Match with a change. @see ask */
export async function askWithTag<Data>(
  request: Request<Data>,
): Promise<{ readonly data: Data; readonly tag: string | null }> {
  for (;;) {
    try {
      return await askOnce(request);
    } catch (error) {
      const demand = demandOf(error);
      if (demand === null || !(await gate.wait(demand))) throw error;
    }
  }
}

/** Asks without waiting for a sign-in: for the sign-in itself. @throws RequestRefused */
export async function askOnce<Data>(
  request: Request<Data>,
): Promise<{ readonly data: Data; readonly tag: string | null }> {
  const { data, error, response } = await request().catch((): Answered<Data> => ({ error: null }));
  if (response?.ok) return { data: data as Data, tag: response.headers.get('etag') };
  const status = response?.status ?? 0;
  const wait = Number(response?.headers.get('retry-after') ?? NaN);
  throw new RequestRefused(status, toProblem(status, error), Number.isFinite(wait) ? wait : null);
}

function demandOf(error: unknown): Demand | null {
  if (!(error instanceof RequestRefused)) return null;
  if (error.problem.code === CONFIRM_CODE) return 'confirm';
  return error.status === 401 ? 'sign-in' : null;
}

/** Returns the header of a creating request: a submitted form has one key, kept when it is sent again. */
export const idempotency = (key: string): { readonly 'Idempotency-Key': string } => ({
  'Idempotency-Key': key,
});

/** Returns a new key for a form. @see idempotency */
export function newKey(): string {
  // crypto.randomUUID is missing on plain http.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
