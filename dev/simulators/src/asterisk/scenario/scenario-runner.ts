import {
  type CallOutcome,
  turnFailures,
  type TurnReport,
  unmetExpectations,
} from '../../twilio/scenario/scenario-failures.ts';
import {
  DEFAULT_MAX_CALL_MS,
  LONGEST_LISTEN_MS,
  playTurns,
  POLITE_PAUSE_MS,
  prepareLines,
  type SpeakLine,
} from '../../twilio/scenario/scenario-turns.ts';
import type { Scenario } from '../../twilio/scenario/scenario.ts';
import type { CallEntry, CallReport } from '../call/call-report.ts';
import type { SimulatedCall } from '../call/simulated-call.ts';
import type { PlaceCallOptions } from '../place-call-options.ts';

export interface ScenarioReport {
  readonly scenario: Scenario;
  readonly turns: readonly TurnReport[];
  /** The expectations that do not hold, as sentences. */
  readonly failures: readonly string[];
  readonly isPassed: boolean;
  readonly call: CallReport;
}

interface ScenarioRunOptions {
  readonly simulator: { placeCall(options: PlaceCallOptions): SimulatedCall };
  readonly scenario: Scenario;
  readonly call: PlaceCallOptions;
  readonly speak: SpeakLine;
  /** Called with every entry of the timeline. */
  readonly onProgress?: (entry: CallEntry) => void;
}

/** Places one call and plays the caller of a scenario. Prints nothing. */
export async function runAsteriskScenario(options: ScenarioRunOptions): Promise<ScenarioReport> {
  const { simulator, scenario, speak, onProgress } = options;
  const lines = await prepareLines(scenario, speak);
  const call = simulator.placeCall({ ...options.call, ...(onProgress && { onEvent: onProgress }) });
  const patience = setTimeout(() => call.hangup(), scenario.maxCallMs ?? DEFAULT_MAX_CALL_MS);
  try {
    const turns = await playTurns(call, scenario, lines, agentFinished);
    const report = await call.ended;
    const failures = [...turnFailures(turns), ...unmetExpectations(outcomeOf(report), scenario.expect ?? {})];
    return { scenario, turns, failures, isPassed: failures.length === 0, call: report };
  } finally {
    clearTimeout(patience);
  }
}

/** A bridge to a relay is no person. */
function outcomeOf({ endedBy, timeline, timing, errors }: CallReport): CallOutcome {
  return {
    endedBy,
    timing,
    timeline: timeline.filter((entry) => entry.kind !== 'bridged' || !entry.with.startsWith('AudioSocket/')),
    errors: errors.map((detail) => ({ level: 'error', code: 0, title: 'the dialplan failed', detail })),
  };
}

async function agentFinished(call: SimulatedCall, withinMs: number): Promise<void> {
  await call.waitForSpeech({ timeoutMs: withinMs });
  await call.waitForSilence(POLITE_PAUSE_MS, { timeoutMs: Math.max(withinMs, LONGEST_LISTEN_MS) });
}
