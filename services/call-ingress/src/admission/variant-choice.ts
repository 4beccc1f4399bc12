import { createHmac } from 'node:crypto';
import type { PromptVariant } from '@tandem/contracts';
import type { DialledNumber } from '@tandem/database';

export interface Participant {
  readonly tenantId: string;
  readonly agentId: string;
  /**
   * The caller's number; the call's id for a caller without one, whose calls get random arms.
   */
  readonly caller: string;
}

/**
 * Returns the arm of an experiment for a caller: the same one every time, distributed by weight; null without
 * arms. Weighted rendezvous hashing: each arm gets a score from a hash keyed with the tenant's salt, and the
 * best one wins. A new weight or arm moves only callers whose arm lost share, or whom the arm wins.
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

/** Returns a number between 0 and 1, both excluded. */
function draw(salt: string, parts: readonly string[]): number {
  return (createHmac('sha256', salt).update(JSON.stringify(parts)).digest().readUIntBE(0, 6) + 0.5) / BITS;
}
