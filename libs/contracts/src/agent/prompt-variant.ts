import { z } from 'zod';
import {
  agentTextsSchema,
  idleSchema,
  interruptionSchema,
  toolWaitSchema,
  turnDetectionSchema,
} from './behaviour.ts';
import { languageSchema } from '../words/locale.ts';
import { modelSettingsSchema } from '../models/catalogue.ts';
import type { AgentSnapshot } from './snapshot.ts';

/**
 * One arm of an experiment on an agent: what it says or does otherwise. What is absent is as in the agent
 * itself, so an arm of nothing but a key is the control.
 */
export const promptVariantSchema = z.object({
  key: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, 40 at most'),
  /** Its share of the callers, against the sum of all weights. 0 gets nobody. */
  weight: z.number().min(0).max(1_000_000),
  instructions: z.string().max(32_000).optional(),
  greeting: z.string().max(1000).optional(),
  notice: z.string().max(1000).optional(),
  /** Laid over the agent's own, language by language. */
  texts: z.record(languageSchema, agentTextsSchema.partial()).optional(),
  model: modelSettingsSchema.optional(),
  turnDetection: turnDetectionSchema.optional(),
  interruption: interruptionSchema.optional(),
  idle: idleSchema.optional(),
  toolWait: toolWaitSchema.optional(),
  tools: z.array(z.string().max(64)).max(64).optional(),
});
export type PromptVariant = z.infer<typeof promptVariantSchema>;

/** The agent as this arm has it. */
export function withVariant(agent: AgentSnapshot, variant: PromptVariant): AgentSnapshot {
  const { key, weight: _weight, texts = {}, ...changes } = variant;
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const merged = Object.entries(texts).map(
    ([language, own]) => [language, { ...agent.texts[language], ...own }] as const,
  );
  return { ...agent, ...given, texts: { ...agent.texts, ...Object.fromEntries(merged) }, variantKey: key };
}
