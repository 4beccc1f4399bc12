import type { ModelSettings } from '../models/catalogue.ts';
import type { AgentSnapshot, LadderRung } from './snapshot.ts';

/** A fallback model and its endpoint. */
export interface FallbackTargetSettings {
  readonly model: ModelSettings;
  readonly endpoint: 'primary' | 'secondary';
}

/** A fallback that needs no model. */
type LastResort = Exclude<LadderRung, { kind: 'model' }>;

/**
 * Returns the models of an agent in the order they are tried: its own, then those of the ladder up to its
 * first entry of another kind.
 */
export function modelTargets(agent: Pick<AgentSnapshot, 'model' | 'ladder'>): FallbackTargetSettings[] {
  const rungs: FallbackTargetSettings[] = [{ model: agent.model, endpoint: 'primary' }];
  for (const rung of agent.ladder) {
    if (rung.kind !== 'model') break;
    rungs.push({ model: rung.model, endpoint: rung.endpoint });
  }
  return rungs;
}

/**
 * Returns the fallbacks after all models have failed, in order. The message is last, named or not. Models
 * after the first of these are not tried: a caller who was told of a transfer does not meet another agent.
 */
export function afterModels(ladder: readonly LadderRung[]): LastResort[] {
  const others = ladder.filter((rung): rung is LastResort => rung.kind !== 'model');
  const end = others.findIndex((rung) => rung.kind === 'message');
  return end < 0 ? [...others, { kind: 'message' }] : others.slice(0, end + 1);
}
