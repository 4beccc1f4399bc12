import type { ModelSettings } from '../models/catalogue.ts';
import type { AgentSnapshot, Fallback } from './snapshot.ts';

/** A fallback model and its endpoint. */
export interface FallbackTargetSettings {
  readonly model: ModelSettings;
  readonly endpoint: 'primary' | 'secondary';
}

/** A fallback that needs no model. */
type LastResort = Exclude<Fallback, { kind: 'model' }>;

/**
 * Returns the models of an agent in the order they are tried: its own, then those of its fallback chain up
 * to the first entry of another kind.
 */
export function modelTargets(agent: Pick<AgentSnapshot, 'model' | 'ladder'>): FallbackTargetSettings[] {
  const targets: FallbackTargetSettings[] = [{ model: agent.model, endpoint: 'primary' }];
  for (const fallback of agent.ladder) {
    if (fallback.kind !== 'model') break;
    targets.push({ model: fallback.model, endpoint: fallback.endpoint });
  }
  return targets;
}

/**
 * Returns the fallbacks after all models have failed, in order. The message is last, named or not. Models
 * after the first of these are not tried: a caller who was told of a transfer does not meet another agent.
 */
export function afterModels(fallbacks: readonly Fallback[]): LastResort[] {
  const others = fallbacks.filter((fallback): fallback is LastResort => fallback.kind !== 'model');
  const end = others.findIndex(({ kind }) => kind === 'message');
  return end < 0 ? [...others, { kind: 'message' }] : others.slice(0, end + 1);
}
