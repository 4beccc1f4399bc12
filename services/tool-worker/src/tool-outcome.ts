import { toolOutcomeSchema, type ToolOutcome } from '@tandem/contracts';

export interface ValidatedOutcome {
  readonly outcome: ToolOutcome;
  /** The faults by field, without values; null when there were none. */
  readonly problem: string | null;
}

/**
 * Returns the outcome of a handler as a relay accepts it. Data from a business system may be anything: an
 * invalid change of the agent is dropped, so that the caller still hears the result.
 */
export function validateOutcome(outcome: ToolOutcome): ValidatedOutcome {
  const read = toolOutcomeSchema.safeParse(outcome);
  if (read.success) return { outcome: read.data, problem: null };
  const problem = read.error.issues
    .map(({ path, code }) => `${path.join('.')}: ${code}`)
    .join('; ')
    .slice(0, 500);
  const { change: _change, ...rest } = outcome as { change?: unknown };
  const unchanged = toolOutcomeSchema.safeParse(rest);
  return {
    outcome: unchanged.success
      ? unchanged.data
      : { status: 'failed', code: 'unreadable-outcome', retryable: false },
    problem,
  };
}
