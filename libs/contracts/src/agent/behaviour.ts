import { z } from 'zod';
import { languageSchema } from '../words/locale.ts';

/*
 * How an agent behaves on the line, part of its published version. Every object has defaults, so that an
 * agent says only what it wants otherwise. Durations are ms.
 */

const vadSchemas = [
  z.object({
    kind: z.literal('server-vad'),
    /** Loudness gate, 0 to 1; higher suits noisy lines. */
    threshold: z.number().min(0).max(1).default(0.5),
    /** Audio kept from before the detected start. */
    prefixPaddingMs: z.number().int().min(0).max(2000).default(300),
    /** Silence that ends a turn. */
    silenceMs: z.number().int().min(100).max(5000).default(500),
  }),
  z.object({
    kind: z.literal('semantic-vad'),
    /** Longest wait is 8, 4 and 2 s for low, medium and high; auto is medium. */
    eagerness: z.enum(['low', 'medium', 'high', 'auto']).default('auto'),
  }),
] as const;
const detectionSchema = z.discriminatedUnion('kind', vadSchemas);

/**
 * How the end of the caller's speech is found. `server-vad` listens for silence, `semantic-vad` for a
 * finished thought. Figures are OpenAI's (turn_detection of the Realtime session); other models map what they
 * have.
 */
export type TurnDetection = z.infer<typeof detectionSchema>;

/** Ready-made answers to "how patient shall it be?". */
const TURN_PRESETS = {
  /** Short exchanges: numbers, yes and no. Cuts in on people who think aloud. */
  fast: { kind: 'server-vad', threshold: 0.5, prefixPaddingMs: 200, silenceMs: 300 },
  /** People who look for words, or describe a problem. */
  thoughtful: { kind: 'semantic-vad', eagerness: 'low' },
  /** Streets, workshops, cars: louder speech counts, short dips do not. */
  noisy: { kind: 'server-vad', threshold: 0.75, prefixPaddingMs: 400, silenceMs: 700 },
} as const satisfies Record<string, TurnDetection>;
type TurnPreset = keyof typeof TURN_PRESETS;

/** A turn detection spelled out, or by the name of a preset; read as the former. */
export const turnDetectionSchema = z.union([
  detectionSchema,
  z
    .object({
      kind: z.literal('preset'),
      preset: z.enum(Object.keys(TURN_PRESETS) as [TurnPreset, ...TurnPreset[]]),
    })
    .transform(({ preset }): TurnDetection => TURN_PRESETS[preset]),
]);

export const interruptionSchema = z.object({
  /** What the caller must do to take the floor while the agent speaks. */
  start: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('on-speech') }),
      /** Speak for this long. */
      z.object({ kind: z.literal('after-ms'), ms: z.number().int().min(50).max(5_000) }),
      /** Say this many words, as the transcription tells them. */
      z.object({ kind: z.literal('after-words'), words: z.number().int().min(1).max(20) }),
      z.object({ kind: z.literal('never') }),
    ])
    .default({ kind: 'on-speech' }),
  /** "Mhm" and its like (see the texts' `backchannels`) are no interruption. */
  ignoresBackchannels: z.boolean().default(false),
  /**
   * What becomes of what was cut off when the interruption turns out to be nothing: forgotten, or gone on
   * with.
   */
  afterFalseStart: z.enum(['drop', 'resume']).default('drop'),
  /** The greeting carries a legal notice: it is heard to its end. */
  protectsGreeting: z.boolean().default(false),
  /** Fades what is cut instead of a click, where the stream plays from our own clock; 0 to 200. */
  fadeMs: z.number().int().min(0).max(200).default(0),
});
export type InterruptionSettings = z.infer<typeof interruptionSchema>;

export const idleSchema = z.object({
  /** Silence of both sides after which the caller is asked whether they are there; 0 for never. */
  afterMs: z.number().int().min(0).max(600_000).default(10_000),
  /** Asked so often; the silence after the last one ends the call politely. */
  maxPrompts: z.number().int().min(0).max(10).default(2),
});

export const toolWaitSchema = z.object({
  /** A spoken "one moment" once a tool has taken so long and nothing is being said; 0 for never. */
  fillerAfterMs: z.number().int().min(0).max(60_000).default(1_500),
  /** Wait music once it has taken so long; 0 for never. */
  musicAfterMs: z.number().int().min(0).max(120_000).default(0),
  /** File name in the deployment's folder of sounds (WAV, PCM16, any rate); empty for the built-in tune. */
  musicFile: z
    .string()
    .max(120)
    .regex(/^[A-Za-z0-9._-]*$/)
    .default(''),
  /** 0 to 1. */
  musicVolume: z.number().min(0).max(1).default(0.25),
});
export type ToolWaitSettings = z.infer<typeof toolWaitSchema>;

export const limitsSchema = z.object({
  /** The agent is told to come to an end so long before `maxDurationMs`. */
  warnBeforeEndMs: z.number().int().min(0).max(600_000).default(60_000),
  /** At the limit the agent says goodbye and has so long for it. */
  wrapUpMs: z.number().int().min(1_000).max(120_000).default(15_000),
  /**
   * US dollars one call may cost; null for no limit. Warned of at `budgetWarnShare`, wrapped up at the whole.
   */
  budgetUsd: z.number().min(0).max(10_000).nullable().default(null),
  budgetWarnShare: z.number().min(0.1).max(1).default(0.8),
  /**
   * So many answers without a tool call between them lead nowhere: somebody talks who wants nothing, or a
   * television does. At four fifths the agent is told to come to an end, at the whole the call ends with a
   * goodbye; 0 for never.
   */
  maxAnswersWithoutTool: z.number().int().min(0).max(10_000).default(60),
});

export const recordingSchema = z.object({
  /**
   * `announced`: the spoken notice is the consent; a language without one is not recorded. `asked`: begins
   * when the caller has said yes (record_consent).
   */
  mode: z.enum(['off', 'announced', 'asked']).default('off'),
});

/** What may be changed of an agent while it talks. Absent means as it was. */
export const agentChangeSchema = z.strictObject({
  /** Take the place of the published ones. */
  instructions: z.string().max(32_000).optional(),
  /** Names of declared tools; those it may call from now on. */
  tools: z.array(z.string().max(64)).max(64).optional(),
  turnDetection: detectionSchema.optional(),
  noiseReduction: z.enum(['near_field', 'far_field', 'off']).optional(),
  language: languageSchema.optional(),
  /** 0.25 to 1.5. */
  speed: z.number().min(0.25).max(1.5).optional(),
});
export type AgentChange = z.infer<typeof agentChangeSchema>;

/** A change as people write it: turn detection by the name of a preset too. */
export const agentChangeInputSchema = agentChangeSchema.extend({
  turnDetection: turnDetectionSchema.optional(),
});

/** Changes that follow from the course of the call; each rule fires once. */
export const agentRuleSchema = z.object({
  when: z.discriminatedUnion('kind', [
    /** The call has lasted so long. */
    z.object({ kind: z.literal('after-ms'), ms: z.number().int().min(1_000).max(21_600_000) }),
    /** This tool ended like this. */
    z.object({
      kind: z.literal('tool'),
      name: z.string().max(64),
      status: z.enum(['ok', 'refused', 'failed', 'timed-out']),
    }),
    /** The caller spoke over the agent so often. */
    z.object({ kind: z.literal('interruptions'), count: z.number().int().min(1).max(100) }),
  ]),
  change: agentChangeInputSchema,
});
export type AgentRule = z.infer<typeof agentRuleSchema>;

/** What the agent says that no model makes up, in one language. `{{…}}` are variables: see docs/agents.md. */
export const agentTextsSchema = z.object({
  /** Said first; empty lets the model choose its words. */
  greeting: z.string().max(1000),
  /** Said first to a caller whose name is known; empty for the same as to anybody. */
  greetingKnown: z.string().max(1000),
  /**
   * Spoken by the carrier before the call is connected (recording consent, AI disclosure); empty for none.
   */
  notice: z.string().max(1000),
  /** Added to the instructions when this language is spoken. */
  instructions: z.string().max(8_000),
  idlePrompt: z.string().max(300),
  idleGoodbye: z.string().max(300),
  fillers: z.array(z.string().max(200)).max(10),
  timeGoodbye: z.string().max(300),
  /** After a gap the caller heard, before going on. */
  bridge: z.string().max(300),
  /** When no model can go on. */
  apology: z.string().max(300),
  transferring: z.string().max(300),
  transferFailed: z.string().max(300),
  secureDigits: z.string().max(300),
  /** Sounds of listening, in lower case. */
  backchannels: z.array(z.string().max(40)).max(40),
});
export type AgentTexts = z.infer<typeof agentTextsSchema>;
