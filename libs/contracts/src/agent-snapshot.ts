import { z } from 'zod';
import { tenantIdSchema } from './ids.ts';

/**
 * How the end of the caller's speech is found. `server-vad` listens for silence, `semantic-vad` for a finished thought.
 * Figures are OpenAI's (turn_detection of the Realtime session); other models map what they have.
 */
export const turnDetectionSchema = z.discriminatedUnion('kind', [
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
]);
export type TurnDetection = z.infer<typeof turnDetectionSchema>;

export const modelSettingsSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('openai-realtime'),
    /** Empty means the model of the deployment's configuration. */
    model: z.string().max(100).default(''),
    voice: z.string().max(100).default('marin'),
    /** 0.25 to 1.5, changeable between turns. */
    speed: z.number().min(0.25).max(1.5).default(1),
    transcriptionModel: z.string().max(100).default('gpt-live-transcribe'),
    noiseReduction: z.enum(['near_field', 'far_field', 'off']).default('near_field'),
  }),
  z.object({
    kind: z.literal('guided'),
    voice: z.string().max(40).default('rms'),
  }),
]);
export type ModelSettings = z.infer<typeof modelSettingsSchema>;

/** Everything a relay must know to hold a call, frozen at admission: later edits of the agent do not touch it. */
export const agentSnapshotSchema = z.object({
  agentId: z.uuid(),
  agentVersion: z.number().int().min(1),
  tenantId: tenantIdSchema,
  /** The persona's name as the caller hears it. */
  name: z.string().min(1).max(80),
  /** The business as the caller hears it. */
  companyName: z.string().min(1).max(120),
  /** IANA name. */
  timeZone: z.string().min(1).max(64),
  /** BCP 47. */
  language: z.string().min(2).max(35).default('en-US'),
  instructions: z.string().max(32_000),
  /** What the agent says first; empty lets the model choose its words. */
  greeting: z.string().max(1000).default(''),
  /** Spoken by the carrier before the call is connected (recording consent, AI disclosure); empty for none. */
  notice: z.string().max(1000).default(''),
  /** The ladder's first rung. */
  model: modelSettingsSchema,
  turnDetection: turnDetectionSchema.default({ kind: 'server-vad', threshold: 0.5, prefixPaddingMs: 300, silenceMs: 500 }),
  /** Names of the declared tools this agent may call. */
  tools: z.array(z.string().max(64)).max(64).default([]),
  maxDurationMs: z.number().int().min(10_000).max(6 * 3_600_000).default(3_600_000),
});
export type AgentSnapshot = z.infer<typeof agentSnapshotSchema>;
export type AgentSnapshotInput = z.input<typeof agentSnapshotSchema>;
