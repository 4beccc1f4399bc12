import type { CallReply, CallRequest, NextRequest } from '../wire/call-steps.ts';

/** A question about a call was refused, or the service cannot be reached. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
  /** @param isTemporary asking again may help */
  constructor(
    message: string,
    readonly isTemporary: boolean,
  ) {
    super(message);
  }
}

/** The call-ingress that a softphone asks. */
export interface CallService {
  /** Base address, without a slash at its end; empty for the page's own origin. */
  readonly url: string;
  readonly fetch: typeof fetch;
}

const TIMEOUT_MS = 10_000;

/** Starts a call, or asks again about one that waits. @throws CallRefused */
export function askForCall(service: CallService, request: CallRequest): Promise<CallReply> {
  return post(service, '/softphone/calls', request);
}

/** Asks what follows a stream that is over. @throws CallRefused */
export function askWhatFollows(service: CallService, request: NextRequest): Promise<CallReply> {
  return post(service, '/softphone/calls/next', request);
}

async function post({ url, fetch: ask }: CallService, path: string, body: object): Promise<CallReply> {
  let response: Response;
  try {
    response = await ask(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new CallRefused('The service cannot be reached.', true);
  }
  const reply = (await response.json().catch(() => null)) as (CallReply & { detail?: string }) | null;
  if (response.ok && reply) return reply;
  throw new CallRefused(reply?.detail ?? `The service answered ${response.status}.`, response.status >= 500);
}
