import { z } from 'zod';

/**
 * Why a call ended: one class and one reason from this list. Set once, the first one wins; the pair labels
 * the call-ended metric. `indeterminate` is for endings that were not observed.
 */
const TERMINATION_REASONS = {
  completed: ['agent-goodbye', 'transferred'],
  caller: ['caller-hangup', 'caller-silent', 'no-progress', 'media-errors'],
  platform: ['max-duration', 'budget-reached', 'refused', 'relay-shutdown', 'internal-error'],
  operator: ['operator-ended'],
  provider: ['model-failed', 'model-unavailable', 'carrier-failed'],
  indeterminate: ['relay-lost', 'stream-lost', 'never-connected'],
} as const;

export type TerminationClass = keyof typeof TERMINATION_REASONS;
export type TerminationReason = (typeof TERMINATION_REASONS)[TerminationClass][number];

export interface Termination {
  readonly class: TerminationClass;
  readonly reason: TerminationReason;
}

const classOf = new Map<string, TerminationClass>(
  Object.entries(TERMINATION_REASONS).flatMap(([name, reasons]) =>
    reasons.map((reason) => [reason, name as TerminationClass] as const),
  ),
);

export function termination(reason: TerminationReason): Termination {
  return { class: classOf.get(reason) ?? 'indeterminate', reason };
}

const reasons = Object.values(TERMINATION_REASONS).flat() as [TerminationReason, ...TerminationReason[]];
export const terminationSchema = z
  .object({ reason: z.enum(reasons) })
  .transform(({ reason }): Termination => termination(reason));
