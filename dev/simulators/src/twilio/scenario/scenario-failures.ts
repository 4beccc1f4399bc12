import type { TalkTiming } from '../audio/talk-timing.ts';
import type { ScenarioExpectation, ScenarioTurn, TurnDeed } from './scenario.ts';

const DEFAULT_ALLOWED_ERRORS = [31_921];

/** The facts a scenario is judged by, from the report of a call over any carrier. */
export interface CallOutcome {
  readonly endedBy: string | null;
  readonly timeline: readonly { readonly kind: string; readonly to?: string }[];
  readonly timing: TalkTiming;
  readonly errors: readonly {
    readonly level: 'error' | 'warning';
    readonly code: number;
    readonly title: string;
    readonly detail: string;
  }[];
}

/** How one turn of the caller went. */
export interface TurnReport {
  readonly turn: ScenarioTurn;
  /** ms from the start of the call; null when the moment never came. */
  readonly atMs: number | null;
  readonly outcome: 'done' | 'gave-up' | 'call-ended';
}

/** Returns the turns that were not played, in plain words. */
export function turnFailures(turns: readonly TurnReport[]): string[] {
  return turns.flatMap(({ turn, outcome }, index) => {
    if (outcome === 'done') return [];
    const why = outcome === 'gave-up' ? 'its moment did not come' : 'the call was over before';
    return [`the caller's line ${index + 1} (${wordsOf(turn.do)}) was not played: ${why}`];
  });
}

function wordsOf(deed: TurnDeed): string {
  if ('say' in deed) return `"${deed.say}"`;
  if ('press' in deed) return `keys ${deed.press}`;
  return 'waitMs' in deed ? `a wait of ${deed.waitMs / 1000} s` : 'hanging up';
}

/** Returns the expectations that do not hold, in plain words. */
export function unmetExpectations(report: CallOutcome, expected: ScenarioExpectation): string[] {
  return [
    ...unmetCourse(report, expected),
    ...unmetLatencies(report, expected),
    ...unexpectedErrors(report, expected),
  ];
}

function unmetCourse(
  report: CallOutcome,
  { endedBy, minAgentTurns = 0, dialled, isPutThrough = false }: ScenarioExpectation,
): string[] {
  const failures: string[] = [];
  if (endedBy && report.endedBy && !endedBy.some((cause) => cause === report.endedBy)) {
    failures.push(`the call was ended by ${report.endedBy}, not by ${endedBy.join(' or ')}`);
  }
  const agentTurns = report.timeline.filter((entry) => entry.kind === 'agent-started').length;
  if (agentTurns < minAgentTurns)
    failures.push(`the agent spoke ${agentTurns} times, expected at least ${minAgentTurns}`);
  if (
    dialled !== undefined &&
    !report.timeline.some((entry) => entry.kind === 'dialling' && entry.to === dialled)
  ) {
    failures.push(`the call was not put through to ${dialled}`);
  }
  if (isPutThrough && !report.timeline.some((entry) => entry.kind === 'bridged'))
    failures.push('the caller was not put through to a person');
  return failures;
}

function unmetLatencies({ timing }: CallOutcome, expected: ScenarioExpectation): string[] {
  const { maxResponseMs = Infinity, maxInterruptionMs = Infinity, minInterruptions = 0 } = expected;
  const failures: string[] = [];
  for (const { responseMs } of timing.responses) {
    if (responseMs > maxResponseMs)
      failures.push(`an answer took ${Math.round(responseMs)} ms, more than ${maxResponseMs}`);
  }
  for (const { silenceMs } of timing.interruptions) {
    if (silenceMs > maxInterruptionMs)
      failures.push(
        `the agent spoke for ${Math.round(silenceMs)} ms after an interruption, more than ` +
          `${maxInterruptionMs}`,
      );
  }
  const { length } = timing.interruptions;
  if (length < minInterruptions)
    failures.push(`${length} interruptions happened, expected at least ${minInterruptions}`);
  return failures;
}

function unexpectedErrors(
  report: CallOutcome,
  { allowedErrors = DEFAULT_ALLOWED_ERRORS }: ScenarioExpectation,
): string[] {
  return report.errors
    .filter((error) => error.level === 'error' && !allowedErrors.includes(error.code))
    .map((error) => `error ${error.code} (${error.title}): ${error.detail}`);
}
