import { COST_MODALITIES, costOf, type CallCost, type CostModality } from '@tandem/contracts';
import type { EventOf } from './event-of.ts';

type ModelCost = CallCost['models'][number];

/**
 * Returns the cost of the reported usage, each report at the price of its time, summed per model; null
 * without reports. Reports without a known price are counted: with any, the sum is a lower bound.
 */
export function foldCost(reported: readonly EventOf<'usage.reported'>[]): CallCost | null {
  if (reported.length === 0) return null;
  const models = new Map<string, ModelCost>();
  let unpriced = 0;
  for (const { data, at } of reported) {
    const cost = costOf({ ...data, at });
    if (!cost) {
      unpriced += 1;
      continue;
    }
    const { provider, model } = data;
    const key = `${provider}/${model}`;
    const sum = models.get(key);
    models.set(key, {
      provider,
      model,
      micros: (sum?.micros ?? 0) + cost.micros,
      byModality: sum ? added(sum.byModality, cost.byModality) : cost.byModality,
    });
  }
  const parts = [...models.values()];
  return { micros: parts.reduce((total, { micros }) => total + micros, 0), unpriced, models: parts };
}

function added(a: ModelCost['byModality'], b: ModelCost['byModality']): ModelCost['byModality'] {
  return Object.fromEntries(
    COST_MODALITIES.map((modality) => [modality, a[modality] + b[modality]]),
  ) as Record<CostModality, number>;
}
