import { z } from 'zod';
import { languageSchema } from '../words/locale.ts';
import { detectionSchema, turnDetectionSchema } from './turn-detection.ts';

/*
 * The agent's behaviour in a call, part of its published version. Every object has defaults, so that an agent
 * names only its differences. Durations are ms.
 */

export const interruptionSchema = z.object({
  /** When the caller interrupts the agent. */
  start: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('on-speech') }),
      /** Speak for this long. */
      z.object({ kind: z.literal('after-ms'), ms: z.number().int().min(50).max(5_000) }),
      /** Say this many words, as transcribed. */
      z.object({ kind: z.literal('after-words'), words: z.number().int().min(1).max(20) }),
      z.object({ kind: z.literal('never') }),
    ])
    .default({ kind: 'on-speech' }),
  /** "Mhm" and its like (see the texts' `backchannels`) are no interruption. */
  ignoresBackchannels: z.boolean().default(false),
  /** Whether interrupted speech is dropped or resumed when the interruption turns out to be none. */
  afterFalseStart: z.enum(['drop', 'resume']).default('drop'),
  /** The greeting contains a legal notice: it is played to its end. */
  protectsGreeting: z.boolean().default(false),
  /** Fades interrupted speech out instead of a click, where the stream plays from our own clock; 0 to 200. */
  fadeMs: z.number().int().min(0).max(200).default(0),
});
export type InterruptionSettings = z.infer<typeof interruptionSchema>;

export const idleSchema = z.object({
  /** Silence of both sides after which the caller is asked whether they are there; 0 for never. */
  afterMs: z.number().int().min(0).max(600_000).default(10_000),
  /** Maximum number of prompts; silence after the last one ends the call. */
  maxPrompts: z.number().int().min(0).max(10).default(2),
});

export const toolWaitSchema = z.object({
  /** A spoken "one moment" once a tool has taken this time without speech; 0 for never. */
  fillerAfterMs: z.number().int().min(0).max(60_000).default(1_500),
  /** Wait music once a tool has taken this time; 0 for never. */
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
  /** How long before `maxDurationMs` the agent is asked to finish. */
  warnBeforeEndMs: z.number().int().min(0).max(600_000).default(60_000),
  /** The time the agent has for its goodbye at the limit. */
  wrapUpMs: z.number().int().min(1_000).max(120_000).default(15_000),
  /**
   * US dollars one call may cost; null for no limit. At `budgetWarnShare` of it an event warns, at the whole
   * of it the agent says goodbye.
   */
  budgetUsd: z.number().min(0).max(10_000).nullable().default(null),
  budgetWarnShare: z.number().min(0.1).max(1).default(0.8),
  /**
   * The most responses in a row without a tool call: a caller who wants nothing, or a television. At four
   * fifths the agent is asked to finish, at the whole the call ends with a goodbye; 0 for never.
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

/** Changes to an agent during a call. Absent fields stay as they are. */
export const agentChangeSchema = z.strictObject({
  /** Replace the published ones. */
  instructions: z.string().max(32_000).optional(),
  /** Names of the declared tools the agent may call from now on. */
  tools: z.array(z.string().max(64)).max(64).optional(),
  turnDetection: detectionSchema.optional(),
  noiseReduction: z.enum(['near_field', 'far_field', 'off']).optional(),
  language: languageSchema.optional(),
  /** 0.25 to 1.5. */
  speed: z.number().min(0.25).max(1.5).optional(),
});
export type AgentChange = z.infer<typeof agentChangeSchema>;

/** A change as written by hand: turn detection by the name of a preset too. */
export const agentChangeInputSchema = agentChangeSchema.extend({
  turnDetection: turnDetectionSchema.optional(),
});

/** Changes triggered by the course of the call; each rule fires once. */
export const agentRuleSchema = z.object({
  when: z.discriminatedUnion('kind', [
    /** The call has lasted this time. */
    z.object({ kind: z.literal('after-ms'), ms: z.number().int().min(1_000).max(21_600_000) }),
    /** The named tool ended with this status. */
    z.object({
      kind: z.literal('tool'),
      name: z.string().max(64),
      status: z.enum(['ok', 'refused', 'failed', 'timed-out']),
    }),
    /** The caller has interrupted the agent this many times. */
    z.object({ kind: z.literal('interruptions'), count: z.number().int().min(1).max(100) }),
  ]),
  change: agentChangeInputSchema,
});
export type AgentRule = z.infer<typeof agentRuleSchema>;

/** Fixed texts of an agent, in one language. `{{…}}` are variables: see docs/agents.md. */
export const agentTextsSchema = z.object({
  /** Said first; empty lets the model choose its words. */
  greeting: z.string().max(1000),
  /** Said first to a caller whose name is known; empty for `greeting`. */
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
  /** Said after a gap the caller heard, before the agent continues. */
  bridge: z.string().max(300),
  /** Said when no model can continue. */
  apology: z.string().max(300),
  transferring: z.string().max(300),
  transferFailed: z.string().max(300),
  secureDigits: z.string().max(300),
  /** Listening sounds such as "mhm", in lower case. */
  backchannels: z.array(z.string().max(40)).max(40),
});
export type AgentTexts = z.infer<typeof agentTextsSchema>;
