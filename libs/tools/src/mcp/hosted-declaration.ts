import {
  depthOf,
  fillSecrets,
  mcpToolName,
  storableText,
  type AgentSnapshot,
  type McpServer,
  type McpTool,
  type ToolDeclaration,
} from '@tandem/contracts';
import { LATE_MS, PERHAPS_DONE } from '../declared-tool.ts';
import { MAX_VALUE_DEPTH } from '../http/response.ts';

/** Returns a secret of the tenant; null when it cannot be opened. */
export type OpenSecret = (name: string, sealed: string) => string | null;

interface HostedSettings {
  readonly toolSecrets?: AgentSnapshot['toolSecrets'];
  readonly openSecret?: OpenSecret;
}

const NOT_ANSWERED =
  'There was no answer in time. Nothing was changed. Tell the caller so, or try once more.';

/**
 * Returns the declaration of a tool that the provider of the voice model calls; null when a secret of its
 * server cannot be opened. The model is shown the server's own description and arguments, by its provider.
 */
export function hostedToolDeclaration(
  server: Pick<McpServer, 'name' | 'url' | 'headers'>,
  tool: McpTool,
  settings: HostedSettings,
): ToolDeclaration | null {
  const headers = openHeaders(server, settings);
  if (headers === null) return null;
  const { isSafeToRepeat, sentences, timeoutMs } = tool;
  return {
    name: mcpToolName(server, tool),
    description: `A tool of the system "${server.name}".`,
    place: 'provider',
    parameters: { type: 'object' },
    cancellable: false,
    deadlineMs: timeoutMs,
    lateMs: isSafeToRepeat ? 0 : LATE_MS,
    sentences: {
      ...(isSafeToRepeat ? { 'timed-out': NOT_ANSWERED } : { failed: PERHAPS_DONE }),
      ...(sentences.failed === undefined ? {} : { failed: sentences.failed }),
      ...(sentences['timed-out'] === undefined ? {} : { 'timed-out': sentences['timed-out'] }),
    },
    ...(tool.confirm ? { confirm: true as const } : {}),
    hosted: { server: server.name, url: server.url, headers: () => headers, tool: tool.name, isSafeToRepeat },
    parse: (input) =>
      isObject(input) && depthOf(input) <= MAX_VALUE_DEPTH
        ? { ok: true, value: inOrder(input) }
        : { ok: false, problem: `arguments: must be a JSON object, ${MAX_VALUE_DEPTH} levels deep at most` },
  };
}

function openHeaders(
  { headers }: Pick<McpServer, 'headers'>,
  { openSecret, toolSecrets = {} }: HostedSettings,
): Readonly<Record<string, string>> | null {
  if (!openSecret) return null;
  const opened: Record<string, string> = {};
  for (const [name, template] of Object.entries(headers)) {
    const value = fillSecrets(template, (secret) => {
      const sealed = toolSecrets[secret];
      return sealed === undefined ? null : openSecret(secret, sealed);
    });
    if (value === null) return null;
    opened[name] = value;
  }
  return opened;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the same value with its names in one order, so that two calls can be compared. */
function inOrder(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, inOrder(value[name])]),
  );
}
