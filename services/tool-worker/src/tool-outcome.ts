import { toolOutcomeSchema, type ToolOutcome } from '@tandem/contracts';

export interface ReadOutcome {
  readonly outcome: ToolOutcome;
  /** What was wrong with it, by field and without its values; null when nothing was. */
  readonly problem: string | null;
}

/**
 * A handler's answer as a relay will take it. What it brings from a business system may be anything: a change
 * of the agent that cannot be is left out, so that what was done is told all the same.
 */
export function readOutcome(answer: ToolOutcome): ReadOutcome {
  const read = toolOutcomeSchema.safeParse(answer);
  if (read.success) return { outcome: read.data, problem: null };
  const problem = read.error.issues
    .map(({ path, code }) => `${path.join('.')}: ${code}`)
    .join('; ')
    .slice(0, 500);
  const { change: _change, ...rest } = answer as { change?: unknown };
  const unchanged = toolOutcomeSchema.safeParse(rest);
  return {
    outcome: unchanged.success
      ? unchanged.data
      : { status: 'failed', code: 'unreadable-outcome', retryable: false },
    problem,
  };
}
