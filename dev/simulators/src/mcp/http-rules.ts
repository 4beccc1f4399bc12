import type { IncomingMessage } from 'node:http';

/** A request that the server refuses before it looks at its message. */
export class McpRefused extends Error {
  override readonly name = 'McpRefused';
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export interface McpSessionState {
  readonly id: string;
  readonly version: string;
  isInitialized: boolean;
}

const VERSION_HEADER = 'mcp-protocol-version';
export const SESSION_HEADER = 'mcp-session-id';

/**
 * The rules of a POST (Model Context Protocol, 2025-11-25, "Transports", "Streamable HTTP"): the client takes
 * JSON and event streams, else 406, and posts JSON, else 415; without a valid token 401 names the metadata of
 * the resource ("Authorization").
 * @throws McpRefused
 */
export function checkPost({ headers }: Pick<IncomingMessage, 'headers'>, token: string | null): void {
  checkToken({ headers }, token);
  const accepted = (headers.accept ?? '').split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  if (!['application/json', 'text/event-stream'].every((type) => accepted.includes(type)))
    throw new McpRefused(406, 'Not Acceptable: accept application/json and text/event-stream');
  if (!/^application\/json\b/.test(headers['content-type'] ?? ''))
    throw new McpRefused(415, 'Unsupported Media Type: post application/json');
}

export function checkToken({ headers }: Pick<IncomingMessage, 'headers'>, token: string | null): void {
  if (token === null || headers.authorization === `Bearer ${token}`) return;
  throw new McpRefused(401, 'Unauthorized', {
    'www-authenticate':
      'Bearer error="invalid_token", ' +
      'resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource"',
  });
}

/**
 * Returns the session of a request after the first one: its id is needed (400), must be known (404), and the
 * version that was negotiated must be named (400).
 * @throws McpRefused
 */
export function sessionOf(
  { headers }: Pick<IncomingMessage, 'headers'>,
  sessions: ReadonlyMap<string, McpSessionState>,
): McpSessionState {
  const id = headers[SESSION_HEADER];
  if (typeof id !== 'string') throw new McpRefused(400, 'Bad Request: Mcp-Session-Id header is required');
  const session = sessions.get(id);
  if (!session) throw new McpRefused(404, 'Session not found');
  if (headers[VERSION_HEADER] !== session.version)
    throw new McpRefused(400, 'Bad Request: MCP-Protocol-Version must be the negotiated version');
  return session;
}
