import { z } from 'zod';
import {
  agentRuleSchema,
  agentTextsSchema,
  idleSchema,
  interruptionSchema,
  limitsSchema,
  recordingSchema,
  toolWaitSchema,
  turnDetectionSchema,
  type AgentTexts,
} from './behaviour.ts';
import { baseLanguage, DEFAULT_TEXTS } from './texts.ts';
import { modelSettingsSchema } from '../models/catalogue.ts';
import { tenantIdSchema } from '../words/ids.ts';
import { languageSchema, timeZoneSchema } from '../words/locale.ts';
import { partySchema } from '../words/phone-number.ts';

/**
 * What follows when a model fails, from the second rung on (the first is the agent's own model, opened
 * again).
 */
const ladderRungSchema = z.discriminatedUnion('kind', [
  /** Another model, or the same one at the deployment's second endpoint. */
  z.object({
    kind: z.literal('model'),
    model: modelSettingsSchema,
    endpoint: z.enum(['primary', 'secondary']).default('primary'),
  }),
  /** A person. */
  z.object({ kind: z.literal('transfer'), department: z.string().max(64) }),
  /** The apology of the texts, then the line closes. Always the last rung, named or not. */
  z.object({ kind: z.literal('message') }),
]);
export type LadderRung = z.infer<typeof ladderRungSchema>;

/** Where a call may be put through to: an entry of the tenant's directory, as it stood at admission. */
export const departmentSchema = z.object({
  /** What the model calls it: `sales`. */
  key: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  /** As the caller hears it. */
  name: z.string().min(1).max(80),
  /** E.164 or a SIP address. */
  address: partySchema.min(3),
  /** How a call is handed over unless the agent says otherwise. */
  mode: z.enum(['cold', 'warm']).default('warm'),
  /** How long it rings. */
  ringMs: z.number().int().min(5_000).max(120_000).default(25_000),
  /** Local times of the tenant; empty means always. Weekdays are ISO, minutes of the day. */
  hours: z
    .array(
      z.object({
        weekday: z.number().int().min(1).max(7),
        opensMinute: z.number().int().min(0).max(1440),
        closesMinute: z.number().int().min(0).max(1440),
      }),
    )
    .max(50)
    .default([]),
});
export type Department = z.infer<typeof departmentSchema>;

/** For callers who wait. */
const queueSchema = z.object({
  /** Then they are turned away in words. */
  maxWaitMs: z.number().int().min(10_000).max(3_600_000).default(300_000),
  /** More are turned away in words. */
  maxLength: z.number().int().min(1).max(1_000).default(100),
  /** Whoever shows a number may press 1 and hang up. */
  offersCallback: z.boolean().default(true),
});

const texts = agentTextsSchema.partial();

/**
 * Everything a relay must know to hold a call, frozen at admission: later edits of the agent do not touch it.
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
  /** What the agent says first, in its own language; empty lets the model choose its words. */
  greeting: z.string().max(1000).default(''),
  /**
   * Spoken by the carrier before the call is connected (recording consent, AI disclosure); empty for none.
   */
  notice: z.string().max(1000).default(''),
  /** The other texts, by BCP 47 or ISO 639 language; what is absent comes from {@link DEFAULT_TEXTS}. */
  texts: z.record(languageSchema, texts).default({}),
  /** The ladder's first rung. */
  model: modelSettingsSchema,
  /** What is tried when it fails for good. */
  ladder: z
    .array(ladderRungSchema)
    .max(6)
    .default([
      { kind: 'model', model: { kind: 'guided', voice: 'slt' }, endpoint: 'primary' },
      { kind: 'message' },
    ]),
  /**
   * When no relay has room for a new call, or no provider of the ladder can take it: refuse in words, or let
   * it wait in a queue.
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
 * The texts of this agent in a language: its own for the exact tag, then for the language, then what all
 * agents say.
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

/**
 * Texts that may be empty; for any other, nothing said is nothing meant, and what all agents say takes its
 * place.
 */
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
