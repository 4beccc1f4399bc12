import type { CallHandle } from '../leg/call-handle.ts';
import type { CallEntry, CallReport } from '../leg/call-report.ts';
import { WaitError } from '../leg/line.ts';
import type { PlaceCallOptions } from '../leg/place-call-options.ts';
import { turnFailures, unmetExpectations, type TurnReport } from './scenario-failures.ts';
import type { Scenario, ScenarioTurn, TurnMoment } from './scenario.ts';

/** Gives a line a voice: µ-law 8 kHz mono. */
export type SpeakLine = (text: string) => Promise<Uint8Array>;

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

/** Silence after which the agent's turn counts as finished. */
const POLITE_PAUSE_MS = 700;
/** A caller hears the agent out, also one who was slow to begin. */
const LONGEST_LISTEN_MS = 60_000;
const DEFAULT_WITHIN_MS = 15_000;
const DEFAULT_MAX_CALL_MS = 120_000;

/** Places one call and plays the caller. Prints nothing. */
export async function runScenario(options: ScenarioRunOptions): Promise<ScenarioReport> {
  const { simulator, scenario, speak, onProgress } = options;
  const lines = await prepareLines(scenario, speak);
  const call = simulator.placeCall({ ...options.call, ...(onProgress && { onEvent: onProgress }) });
  const patience = setTimeout(() => call.hangup(), scenario.maxCallMs ?? DEFAULT_MAX_CALL_MS);
  try {
    const turns = await playTurns(call, scenario, lines);
    const report = await call.ended;
    const failures = [...turnFailures(turns), ...unmetExpectations(report, scenario.expect ?? {})];
    return { scenario, turns, failures, isPassed: failures.length === 0, call: report };
  } finally {
    clearTimeout(patience);
  }
}

async function prepareLines(scenario: Scenario, speak: SpeakLine): Promise<Map<string, Uint8Array>> {
  const lines = new Map<string, Uint8Array>();
  for (const { do: deed } of scenario.turns) if ('say' in deed) lines.set(deed.say, await speak(deed.say));
  return lines;
}

async function playTurns(
  call: CallHandle,
  scenario: Scenario,
  lines: ReadonlyMap<string, Uint8Array>,
): Promise<TurnReport[]> {
  const reports: TurnReport[] = [];
  for (const turn of scenario.turns) {
    const hasCome = await momentCame(call, turn.when, turn.withinMs ?? DEFAULT_WITHIN_MS);
    if (!hasCome) {
      reports.push({ turn, atMs: null, outcome: call.hasEnded ? 'call-ended' : 'gave-up' });
      call.hangup();
      break;
    }
    reports.push({ turn, atMs: call.journal.nowMs, outcome: 'done' });
    await act(call, turn, lines);
  }
  return reports;
}

async function momentCame(call: CallHandle, moment: TurnMoment, withinMs: number): Promise<boolean> {
  try {
    if (moment === 'agent-finished') await agentFinished(call, withinMs);
    else if ('afterMs' in moment) await sleep(moment.afterMs, call);
    else await call.waitForSpeech({ forMs: moment.agentSpeakingMs, timeoutMs: withinMs });
    return !call.hasEnded;
  } catch (error) {
    if (error instanceof WaitError) return false;
    throw error;
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

async function act(
  call: CallHandle,
  turn: ScenarioTurn,
  lines: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const deed = turn.do;
  if ('say' in deed) await call.say(lines.get(deed.say) ?? new Uint8Array(0), { text: deed.say });
  else if ('press' in deed) call.press(deed.press);
  else if ('waitMs' in deed) await sleep(deed.waitMs, call);
  else call.hangup();
}

async function sleep(ms: number, call: CallHandle): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([over, call.ended]);
  clearTimeout(timer);
}
