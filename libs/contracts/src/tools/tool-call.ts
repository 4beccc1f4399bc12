import { z } from 'zod';
import { agentChangeSchema } from '../agent/behaviour.ts';
import { isVisible, storableText } from '../words/text.ts';
import {
  callIdSchema,
  relayIdSchema,
  tenantIdSchema,
  toolCallIdSchema,
  type CallId,
  type TenantId,
  type ToolCallId,
} from '../words/ids.ts';
import { partySchema } from '../words/phone-number.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export const jsonValueSchema: z.ZodType<JsonValue> = z.json();

/**
 * How a tool call ended. An outcome is a value, never a throw.
 * - `ok`: done; `change` changes the agent from now on, for a tool whose result requires it.
 * - `refused`: the business said no (slot taken, unknown service); `reason` is kebab-case, `detail` is for
 *   the model.
 * - `failed`: something broke; `retryable` says whether the same call may be tried again.
 */
export const toolOutcomeSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('ok'), value: jsonValueSchema, change: agentChangeSchema.optional() }),
  z.object({ status: z.literal('refused'), reason: z.string().max(80), detail: z.string().max(1000) }),
  z.object({ status: z.literal('failed'), code: z.string().max(80), retryable: z.boolean() }),
  z.object({ status: z.literal('timed-out') }),
  z.object({ status: z.literal('cancelled') }),
]);
export type ToolOutcome = z.infer<typeof toolOutcomeSchema>;

/**
 * The place a tool runs. `worker` tools go through the queue and may touch the business; `call` tools change
 * the call itself and are carried out by the session that holds it.
 */
type ToolPlace = 'worker' | 'call';

export interface ToolDeclaration<Arguments = unknown> {
  /** The name the model uses: lower_snake_case. */
  readonly name: string;
  readonly description: string;
  readonly place: ToolPlace;
  /** JSON Schema of the arguments, as the model is shown it. */
  readonly parameters: Record<string, unknown>;
  /** Cancelled when the caller hangs up. A tool with an effect runs to its end, so it says false. */
  readonly cancellable: boolean;
  /** Time limit in ms; beyond it the model learns that the tool took too long. The job may still finish. */
  readonly deadlineMs: number;
  /** A sentence for the model for each way this tool can fail; the defaults fit most tools. */
  readonly sentences?: Partial<Record<'failed' | 'timed-out' | 'cancelled', string>>;
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
  readonly sentences?: ToolDeclaration['sentences'];
} & (
  | { readonly place: 'worker'; readonly name: string }
  | { readonly place: 'call'; readonly name: CallToolName }
);

export function defineTool<Schema extends z.ZodObject>(
  spec: ToolSpec<Schema>,
): ToolDeclaration<z.infer<Schema>> {
  const optional = optionalArguments(spec.arguments);
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
    ...(spec.sentences ? { sentences: spec.sentences } : {}),
    parse(input) {
      const parsed = spec.arguments.safeParse(asMeant(input, optional));
      if (parsed.success) return { ok: true, value: parsed.data };
      const problem = parsed.error.issues
        .map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`)
        .join('; ');
      return { ok: false, problem: problem.slice(0, 500) };
    },
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

const DEFAULT_SENTENCES = {
  failed:
    'The system could not do this just now. Nothing was changed. Tell the caller so and offer another way.',
  'timed-out':
    'The system did not answer in time and it is not known whether this was done. Do not say that it ' +
    'was. Offer that a colleague will check.',
  cancelled: 'This was stopped before it was done. Nothing was changed.',
} as const;

/** Returns an outcome for the model: the value, or a true sentence. Always a JSON object. */
export function describeOutcome(outcome: ToolOutcome, tool?: Pick<ToolDeclaration, 'sentences'>): string {
  switch (outcome.status) {
    case 'ok':
      return JSON.stringify({ status: 'ok', result: outcome.value });
    case 'refused':
      return JSON.stringify({ status: 'refused', reason: outcome.reason, message: outcome.detail });
    case 'failed':
    case 'timed-out':
    case 'cancelled':
      return JSON.stringify({
        status: outcome.status,
        message: tool?.sentences?.[outcome.status] ?? DEFAULT_SENTENCES[outcome.status],
      });
  }
}

/** The call a tool serves. Supplied by us, never taken from the model. */
const toolCallContextSchema = z.object({
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  /** The caller's number at admission: in its normal form, `anonymous`, or an address without a number. */
  callerNumber: partySchema,
  dialledNumber: partySchema,
  /** IANA name; the business' own clock. */
  timeZone: z.string().max(64),
  language: z.string().max(35),
  /** Keys the caller pressed last, together; empty for none. */
  keypad: z.string().max(64).default(''),
  /**
   * Digits captured without the model seeing them, by the reference it was given. Never logged, never
   * returned.
   */
  secureDigits: z.record(z.string().max(64), z.string().max(64)).default({}),
});
export type ToolCallContext = z.infer<typeof toolCallContextSchema>;

/** The body of a `tool-calls` job. Arguments and context are personal data and travel sealed. */
export const toolCallJobSchema = z.object({
  toolCallId: toolCallIdSchema,
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  name: z.string().max(64),
  /** Sealed JSON of {@link ToolCallBody}. */
  sealed: z.string().max(65_536),
  /** The relay that requested the call; the result goes to its inbox unless the call has moved. */
  replyTo: relayIdSchema,
  /** Unix time in ms after which the call no longer waits for the outcome. */
  deadlineAt: z.number().int(),
  /** W3C trace context. */
  traceparent: z.string().max(64).optional(),
});
export type ToolCallJob = z.infer<typeof toolCallJobSchema>;

export const toolCallBodySchema = z.object({ arguments: jsonValueSchema, context: toolCallContextSchema });
export type ToolCallBody = z.infer<typeof toolCallBodySchema>;

/** A tool call of the conversation. */
export interface ToolCall {
  readonly toolCallId: ToolCallId;
  readonly callId: CallId;
  readonly tenantId: TenantId;
  readonly name: string;
  readonly arguments: JsonValue;
  readonly context: ToolCallContext;
  readonly deadlineMs: number;
}
