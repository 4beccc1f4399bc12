import { z } from 'zod';
import { isVisible, storableText } from '../words/text.ts';
import type { HttpToolRequest } from './http-tool.ts';
import type { McpToolRequest } from './mcp-server.ts';
import type { ToolLimits } from './tool-limits.ts';
import type { WebSearchHosts } from './web-search-hosts.ts';

/**
 * The place a tool runs. `worker` tools go through the queue and may touch the business; `call` tools change
 * the call itself and are carried out by the session that holds it; `provider` tools are called by the
 * provider of the voice model, which asks us before each call.
 */
type ToolPlace = 'worker' | 'call' | 'provider';

/** A tool of a server of the Model Context Protocol that the provider of the voice model calls. */
export interface HostedTool {
  /** Name of the server in the agent. */
  readonly server: string;
  readonly url: string;
  /** Returns the headers for the server, secrets put in. A function, so that no JSON ever holds them. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** The server's own name of the tool. */
  readonly tool: string;
  readonly isSafeToRepeat: boolean;
}

export interface ToolDeclaration<Arguments = unknown> {
  /** The name the model uses: lower_snake_case. */
  readonly name: string;
  readonly description: string;
  readonly place: ToolPlace;
  /** JSON Schema of the arguments, as the model is shown it. */
  readonly parameters: Record<string, unknown>;
  /** Cancelled when the caller hangs up. A tool with an effect runs to its end, so it says false. */
  readonly cancellable: boolean;
  /** Time limit in ms; beyond it the model learns that the tool took too long. */
  readonly deadlineMs: number;
  /**
   * Time in ms after the deadline for which the work goes on: what comes of it is told at the next pause. 0
   * for a tool whose outcome is of no use then.
   */
  readonly lateMs: number;
  /**
   * A sentence for the model for each way this tool can fail; the defaults fit most tools. `ok`: what to do
   * with the result.
   */
  readonly sentences?: Partial<Record<'ok' | 'failed' | 'timed-out' | 'cancelled', string>>;
  /** The request of a tool that its agent declares; absent for a tool with a handler. */
  readonly http?: HttpToolRequest;
  /** The tool of a server of the Model Context Protocol. */
  readonly mcp?: McpToolRequest;
  /** The tool of a server that the model's provider calls: set for the place `provider`. */
  readonly hosted?: HostedTool;
  /** The hosts a search of the web may find. */
  readonly web?: WebSearchHosts;
  readonly limits?: ToolLimits;
  /**
   * For what cannot be undone: a call runs only after the caller was asked about these very arguments and has
   * answered. `when-confirmed`: only a call with `confirmed` true does anything; the tool itself says what to
   * ask.
   */
  readonly confirm?: true | 'when-confirmed';
  /** Optional arguments that were left empty are absent; text is cleaned of what cannot be stored. */
  parse(input: unknown): { ok: true; value: Arguments } | { ok: false; problem: string };
}

/** Largest arguments string accepted from a model, in characters. */
export const MAX_ARGUMENTS_LENGTH = 16_384;

/**
 * Tools that change the call itself. The session carries them out, so a new one needs its implementation
 * there to compile.
 */
export const CALL_TOOL_NAMES = [
  'end_call',
  'transfer_call',
  'update_mic_distance',
  'switch_language',
  'record_consent',
  'collect_digits',
] as const;
export type CallToolName = (typeof CALL_TOOL_NAMES)[number];

export type ToolSpec<Schema extends z.ZodObject> = {
  readonly description: string;
  readonly arguments: Schema;
  readonly cancellable: boolean;
  readonly deadlineMs: number;
  readonly lateMs?: number;
  readonly sentences?: ToolDeclaration['sentences'];
  readonly confirm?: ToolDeclaration['confirm'];
} & (
  | { readonly place: 'worker'; readonly name: string }
  | { readonly place: 'call'; readonly name: CallToolName }
);

export function defineTool<Schema extends z.ZodObject>(
  spec: ToolSpec<Schema>,
): ToolDeclaration<z.infer<Schema>> {
  const { $schema: _dialect, ...parameters } = z.toJSONSchema(spec.arguments, {
    target: 'draft-7',
    io: 'input',
  });
  return {
    name: spec.name,
    description: spec.description,
    place: spec.place,
    parameters,
    cancellable: spec.cancellable,
    deadlineMs: spec.deadlineMs,
    lateMs: spec.lateMs ?? 0,
    ...(spec.sentences ? { sentences: spec.sentences } : {}),
    ...(spec.confirm ? { confirm: spec.confirm } : {}),
    parse: parserOf(spec.arguments),
  };
}

/** Returns the {@link ToolDeclaration.parse} of arguments. */
export function parserOf<Schema extends z.ZodObject>(
  schema: Schema,
): ToolDeclaration<z.infer<Schema>>['parse'] {
  const optional = optionalArguments(schema);
  return (input) => {
    const parsed = schema.safeParse(asMeant(input, optional));
    if (parsed.success) return { ok: true, value: parsed.data };
    const problem = parsed.error.issues
      .map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`)
      .join('; ');
    return { ok: false, problem: problem.slice(0, 500) };
  };
}

/** Returns the optional arguments; null means absent for those that have no null of their own. */
function optionalArguments(schema: z.ZodObject): ReadonlyMap<string, { readonly takesNull: boolean }> {
  const fields = Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>).filter(
    ([, field]) => field.safeParse(undefined).success,
  );
  return new Map(fields.map(([name, field]) => [name, { takesNull: field.safeParse(null).success }]));
}

/** Removes optional arguments that are empty: models fill in every argument they are shown. */
function asMeant(input: unknown, optional: ReadonlyMap<string, { readonly takesNull: boolean }>): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const given = Object.entries(input).map(
    ([name, value]: [string, unknown]) =>
      [name, typeof value === 'string' ? storableText(value) : value] as const,
  );
  const isLeftEmpty = (name: string, value: unknown) => {
    const argument = optional.get(name);
    return (
      argument !== undefined &&
      (value === null ? !argument.takesNull : typeof value === 'string' && !isVisible(value))
    );
  };
  return Object.fromEntries(given.filter(([name, value]) => !isLeftEmpty(name, value)));
}
