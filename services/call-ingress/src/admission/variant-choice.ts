import { createHmac } from 'node:crypto';
import type { PromptVariant } from '@tandem/contracts';
import type { DialledNumber } from '@tandem/database';

export interface Participant {
  readonly tenantId: string;
  readonly agentId: string;
  /**
   * The caller's number; for a caller without one the call's id, so that calls are dealt instead of people.
   */
  readonly caller: string;
}

/**
 * The arm of an experiment a caller gets: the same one every time, shared out by weight. Weighted rendezvous
 * hashing: each arm draws a score from a hash keyed with the tenant's own salt, and the best one wins, so a
 * change of weights or a new arm moves only those callers whose arm lost or who are won over. Null when there
 * is no arm.
 */
export function chooseVariant(
  { name, variants, salt }: DialledNumber['experiment'],
  participant: Participant,
): PromptVariant | null {
  let best: PromptVariant | null = null;
  let highest = 0;
  for (const variant of variants) {
    if (variant.weight <= 0) continue;
    const score =
      variant.weight /
      -Math.log(
        draw(salt, [participant.tenantId, participant.agentId, name, participant.caller, variant.key]),
      );
    if (score > highest) [best, highest] = [variant, score];
  }
  return best;
}

const BITS = 2 ** 48;

/** Between 0 and 1, neither of them. */
function draw(salt: string, parts: readonly string[]): number {
  return (createHmac('sha256', salt).update(JSON.stringify(parts)).digest().readUIntBE(0, 6) + 0.5) / BITS;
}
