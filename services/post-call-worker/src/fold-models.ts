import type { CallEvent } from '@tandem/contracts';
import type { CallRecord, SpeakingModel } from '@tandem/database';

/** Returns the models the caller has heard, in order. */
export function foldModels(
  events: readonly CallEvent[],
  admittedAt: number,
): Pick<CallRecord, 'modelKind' | 'models'> {
  const spoke: SpeakingModel[] = [];
  let inUse: SpeakingModel | null = null;
  for (const { type, data, at } of events) {
    if (type === 'model.opened' || type === 'model.moved')
      inUse = { provider: data.provider, model: data.model, fromMs: Math.max(0, at - admittedAt) };
    else if (type === 'agent.spoke' && inUse && !spoke.includes(inUse)) spoke.push(inUse);
  }
  // A renewed session continues the same model.
  const models = spoke.filter(
    ({ provider, model }, index) =>
      provider !== spoke[index - 1]?.provider || model !== spoke[index - 1]?.model,
  );
  return { modelKind: models[0]?.provider ?? null, models };
}
