import type { CallHandle } from '../leg/call-handle.ts';
import type { CallEntry, CallReport } from '../leg/call-report.ts';
import { WaitError } from '../../talk/talk.ts';
import type { PlaceCallOptions } from '../leg/place-call-options.ts';
import { turnFailures, unmetExpectations, type TurnReport } from './scenario-failures.ts';
import {
  DEFAULT_MAX_CALL_MS,
  LONGEST_LISTEN_MS,
  playTurns,
  POLITE_PAUSE_MS,
  prepareLines,
  type SpeakLine,
} from './scenario-turns.ts';
import type { Scenario } from './scenario.ts';

export interface ScenarioReport {
  readonly scenario: Scenario;
  readonly turns: readonly TurnReport[];
  /** The expectations that do not hold, as sentences. */
  readonly failures: readonly string[];
  readonly isPassed: boolean;
  readonly call: CallReport;
}

interface ScenarioRunOptions {
  readonly simulator: { placeCall(options: PlaceCallOptions): CallHandle };
  readonly scenario: Scenario;
  readonly call: PlaceCallOptions;
  readonly speak: SpeakLine;
  /** Called with every entry of the timeline: speech of both sides, keys, documents, errors, the end. */
  readonly onProgress?: (entry: CallEntry) => void;
}

/** Places one call and plays the caller. Prints nothing. */
export async function runScenario(options: ScenarioRunOptions): Promise<ScenarioReport> {
  const { simulator, scenario, speak, onProgress } = options;
  const lines = await prepareLines(scenario, speak);
  const call = simulator.placeCall({ ...options.call, ...(onProgress && { onEvent: onProgress }) });
  const patience = setTimeout(() => call.hangup(), scenario.maxCallMs ?? DEFAULT_MAX_CALL_MS);
  try {
    const turns = await playTurns(call, scenario, lines, agentFinished);
    const report = await call.ended;
    const failures = [...turnFailures(turns), ...unmetExpectations(report, scenario.expect ?? {})];
    return { scenario, turns, failures, isPassed: failures.length === 0, call: report };
  } finally {
    clearTimeout(patience);
  }
}

/**
 * Waits for speech over the stream and then silence. An announcement by `<Say>` counts only where a
 * `<Gather>` asks the caller for an answer: a notice before the stream is no question. The carrier's own
 * words do not use up the caller's patience.
 */
async function agentFinished(call: CallHandle, withinMs: number): Promise<void> {
  const asked = Promise.withResolvers<void>();
  let patienceMs = withinMs;
  let isAnnounced = false;
  let isGathering = call.journal.entries.findLast((entry) => entry.kind === 'verb')?.name === 'Gather';
  const stopListening = call.listen((entry) => {
    if (entry.kind === 'verb') isGathering = entry.name === 'Gather';
    if (entry.kind === 'said') {
      isAnnounced = true;
      patienceMs += entry.estimatedMs;
    }
    if (isAnnounced && isGathering) asked.resolve();
  });
  try {
    await Promise.race([spoken(call, () => patienceMs), asked.promise]);
    await call.waitForSilence(POLITE_PAUSE_MS, { timeoutMs: Math.max(withinMs, LONGEST_LISTEN_MS) });
  } finally {
    stopListening();
  }
}

/** Waits for the agent's speech as long as the caller has patience, which may grow meanwhile. */
async function spoken(call: CallHandle, patienceMs: () => number): Promise<void> {
  const sinceMs = call.journal.nowMs;
  for (;;) {
    const wantedMs = patienceMs();
    try {
      await call.waitForSpeech({ timeoutMs: Math.max(0, wantedMs - (call.journal.nowMs - sinceMs)) });
      return;
    } catch (error) {
      if (!(error instanceof WaitError) || call.hasEnded || patienceMs() === wantedMs) throw error;
    }
  }
}
