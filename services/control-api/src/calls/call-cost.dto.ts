import { COST_MODALITIES, MICROS_PER_USD, type CallCost, type CostModality } from '@tandem/contracts';
import { z } from 'zod';

/** US dollars of an amount in micros. */
export const usd = (micros: number): number => micros / MICROS_PER_USD;

export const costSchema = z.object({
  usd: z.number(),
  isComplete: z
    .boolean()
    .describe(
      'False when some usage has no known price or its report was impossible: usd is then a lower bound.',
    ),
  models: z.array(
    z.object({
      provider: z.string(),
      model: z.string(),
      usd: z.number(),
      byModality: z
        .record(z.enum(COST_MODALITIES), z.number())
        .describe('US dollars. textIn and audioIn exclude cached input.'),
    }),
  ),
});

export function toCost({ micros, unpriced, models }: CallCost): z.infer<typeof costSchema> {
  return {
    usd: usd(micros),
    isComplete: unpriced === 0,
    models: models.map((part) => ({
      provider: part.provider,
      model: part.model,
      usd: usd(part.micros),
      byModality: Object.fromEntries(
        COST_MODALITIES.map((modality) => [modality, usd(part.byModality[modality])]),
      ) as Record<CostModality, number>,
    })),
  };
}
