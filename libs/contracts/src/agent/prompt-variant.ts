import { z } from 'zod';
import { agentTextsSchema, idleSchema, interruptionSchema, toolWaitSchema } from './behaviour.ts';
import { turnDetectionSchema } from './turn-detection.ts';
import { languageSchema } from '../words/locale.ts';
import { modelSettingsSchema } from '../models/catalogue.ts';
import type { AgentSnapshot } from './snapshot.ts';

/**
 * A variant of an agent in an experiment: its differences from the agent. Absent fields are the agent's, so a
 * variant with only a key is the control.
 */
export const promptVariantSchema = z.object({
  key: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, 40 at most'),
  /** Its share of the callers, relative to the sum of all weights. 0 for none. */
  weight: z.number().min(0).max(1_000_000),
  instructions: z.string().max(32_000).optional(),
  greeting: z.string().max(1000).optional(),
  notice: z.string().max(1000).optional(),
  /** Merged into the agent's own, language by language. */
  texts: z.record(languageSchema, agentTextsSchema.partial()).optional(),
  model: modelSettingsSchema.optional(),
  turnDetection: turnDetectionSchema.optional(),
  interruption: interruptionSchema.optional(),
  idle: idleSchema.optional(),
  toolWait: toolWaitSchema.optional(),
  tools: z.array(z.string().max(64)).max(64).optional(),
});
export type PromptVariant = z.infer<typeof promptVariantSchema>;

/** Returns the agent with the variant's changes. */
export function withVariant(agent: AgentSnapshot, variant: PromptVariant): AgentSnapshot {
  const { key, weight: _weight, texts = {}, ...changes } = variant;
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const merged = Object.entries(texts).map(
    ([language, own]) => [language, { ...agent.texts[language], ...own }] as const,
  );
  return { ...agent, ...given, texts: { ...agent.texts, ...Object.fromEntries(merged) }, variantKey: key };
}
