/** A fault as the REST API or the connection reports it: HTTP status and Twilio's code, or a socket's. */
export interface RestFault {
  readonly status: number | null;
  readonly code: number | null;
  readonly socketCode: string | null;
}

/** Returns what is known of an error that Twilio's client threw. */
export function restFault(error: unknown): RestFault {
  const { status, code } = error as { status?: unknown; code?: unknown };
  return {
    status: typeof status === 'number' ? status : null,
    code: typeof code === 'number' ? code : null,
    socketCode: typeof code === 'string' ? code : null,
  };
}
