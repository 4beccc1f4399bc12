import { z } from 'zod';
import {
  agentRuleSchema,
  agentTextsSchema,
  idleSchema,
  interruptionSchema,
  limitsSchema,
  recordingSchema,
  toolWaitSchema,
  type AgentTexts,
} from './behaviour.ts';
import { turnDetectionSchema } from './turn-detection.ts';
import { baseLanguage, DEFAULT_TEXTS } from './texts.ts';
import { modelSettingsSchema } from '../models/catalogue.ts';
import { tenantIdSchema } from '../words/ids.ts';
import { languageSchema, timeZoneSchema } from '../words/locale.ts';
import { departmentSchema } from './department.ts';
import { httpToolSchema, secretNameSchema } from '../tools/http-tool.ts';
import { mcpServersSchema } from '../tools/mcp-server.ts';
import { toolPolicySchema } from '../tools/tool-limits.ts';
import { webSearchHostsSchema } from '../tools/web-search-hosts.ts';

/** An entry of the fallback chain. The agent's own model is always opened again first. */
const fallbackSchema = z.discriminatedUnion('kind', [
  /** Another model, or the same one at the deployment's second endpoint. */
  z.object({
    kind: z.literal('model'),
    model: modelSettingsSchema,
    endpoint: z.enum(['primary', 'secondary']).default('primary'),
  }),
  /** A person. */
  z.object({ kind: z.literal('transfer'), department: z.string().max(64) }),
  /** The apology of the texts, then the call ends. Always the last entry, named or not. */
  z.object({ kind: z.literal('message') }),
]);
export type Fallback = z.infer<typeof fallbackSchema>;

/** The queue of callers who wait. */
const queueSchema = z.object({
  /** After this time the call is refused with a spoken message. */
  maxWaitMs: z.number().int().min(10_000).max(3_600_000).default(300_000),
  /** Further calls are refused with a spoken message. */
  maxLength: z.number().int().min(1).max(1_000).default(100),
  /** A caller who shows a number may press 1 to be called back, and hang up. */
  offersCallback: z.boolean().default(true),
});

const texts = agentTextsSchema.partial();

/**
 * Everything a relay needs to know about the agent of a call, frozen at admission: later edits do not change
 * it.
 */
export const agentSnapshotSchema = z.object({
  agentId: z.uuid(),
  agentVersion: z.number().int().min(1),
  tenantId: tenantIdSchema,
  /** The persona's name as the caller hears it. */
  name: z.string().min(1).max(80),
  /** The business as the caller hears it. */
  companyName: z.string().min(1).max(120),
  timeZone: timeZoneSchema,
  language: languageSchema.default('en-US'),
  instructions: z.string().max(32_000),
  /** Said first, in the agent's own language; empty lets the model choose its words. */
  greeting: z.string().max(1000).default(''),
  /**
   * Spoken by the carrier before the call is connected (recording consent, AI disclosure); empty for none.
   */
  notice: z.string().max(1000).default(''),
  /** The other texts, by BCP 47 or ISO 639 language; what is absent comes from {@link DEFAULT_TEXTS}. */
  texts: z.record(languageSchema, texts).default({}),
  /** The agent's own model. */
  model: modelSettingsSchema,
  /** The fallback chain, in order, for when the model cannot continue; the published name stays. */
  ladder: z
    .array(fallbackSchema)
    .max(6)
    .default([
      { kind: 'model', model: { kind: 'guided', voice: 'slt' }, endpoint: 'primary' },
      { kind: 'message' },
    ]),
  /**
   * Whether a new call is refused with a spoken message, or waits in a queue, when no relay has room or none
   * of the agent's models is available.
   */
  whenUnavailable: z.enum(['refuse', 'queue']).default('refuse'),
  queue: queueSchema.prefault({}),
  turnDetection: turnDetectionSchema.default({
    kind: 'server-vad',
    threshold: 0.5,
    prefixPaddingMs: 300,
    silenceMs: 500,
  }),
  interruption: interruptionSchema.prefault({}),
  idle: idleSchema.prefault({}),
  toolWait: toolWaitSchema.prefault({}),
  limits: limitsSchema.prefault({}),
  rules: z.array(agentRuleSchema).max(20).default([]),
  recording: recordingSchema.prefault({}),
  /** Frozen at admission. */
  directory: z.array(departmentSchema).max(50).default([]),
  /** The prompt variant this call got; null outside an experiment. */
  variantKey: z.string().max(40).nullable().default(null),
  /** Names of the declared tools this agent may call. */
  tools: z.array(z.string().max(64)).max(64).default([]),
  /** The agent's own tools: requests to a business system. Called when `tools` names them. */
  httpTools: z.array(httpToolSchema).max(20).default([]),
  /** Servers of the Model Context Protocol. Their tools are called when `tools` names them. */
  mcpServers: mcpServersSchema,
  /** Sealed secrets that `httpTools` and `mcpServers` name. Frozen at admission. */
  toolSecrets: z.record(secretNameSchema, z.string().max(8_192)).default({}),
  toolPolicy: toolPolicySchema.default({}),
  /** The tenant's hosts for `web_search`. Frozen at admission. */
  webSearch: webSearchHostsSchema.prefault({}),
  maxDurationMs: z
    .number()
    .int()
    .min(10_000)
    .max(6 * 3_600_000)
    .default(3_600_000),
});
export type AgentSnapshot = z.infer<typeof agentSnapshotSchema>;
export type AgentSnapshotInput = z.input<typeof agentSnapshotSchema>;

/**
 * Returns the texts of this agent in a language: its own for the exact tag, then for the language, then the
 * built-in ones.
 */
export function textsOf(agent: AgentSnapshot, language: string): AgentTexts {
  const base = baseLanguage(language);
  const own = baseLanguage(agent.language) === base ? { greeting: agent.greeting, notice: agent.notice } : {};
  const defaults = DEFAULT_TEXTS[base] ?? DEFAULT_TEXTS.en;
  return {
    ...defaults,
    ...own,
    ...present(agent.texts[base]),
    ...present(agent.texts[language]),
  } as AgentTexts;
}

/** Texts that may be empty. Any other text that is empty is replaced by the built-in one. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set<keyof AgentTexts>([
  'greeting',
  'greetingKnown',
  'notice',
  'instructions',
]);

function present(
  given: { readonly [Name in keyof AgentTexts]?: AgentTexts[Name] | undefined } | undefined,
): Partial<AgentTexts> {
  return Object.fromEntries(
    Object.entries(given ?? {}).filter(
      ([name, value]) =>
        value !== undefined && (MAY_BE_EMPTY.has(name) || typeof value !== 'string' || value.trim() !== ''),
    ),
  );
}
