import type { SpeakLine } from '../../twilio/scenario/scenario-runner.ts';
import {
  type CallOutcome,
  turnFailures,
  type TurnReport,
  unmetExpectations,
} from '../../twilio/scenario/scenario-failures.ts';
import type { Scenario, ScenarioTurn, TurnMoment } from '../../twilio/scenario/scenario.ts';
import { WaitError } from '../audio/line.ts';
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

/** Silence after which the agent's turn counts as finished. */
const POLITE_PAUSE_MS = 700;
/** A caller hears the agent out, also one who was slow to begin. */
const LONGEST_LISTEN_MS = 60_000;
const DEFAULT_WITHIN_MS = 15_000;
const DEFAULT_MAX_CALL_MS = 120_000;

/** Places one call and plays the caller of a scenario. Prints nothing. */
export async function runAsteriskScenario(options: ScenarioRunOptions): Promise<ScenarioReport> {
  const { simulator, scenario, speak, onProgress } = options;
  const lines = new Map<string, Uint8Array>();
  for (const { do: deed } of scenario.turns) if ('say' in deed) lines.set(deed.say, await speak(deed.say));
  const call = simulator.placeCall({ ...options.call, ...(onProgress && { onEvent: onProgress }) });
  const patience = setTimeout(() => call.hangup(), scenario.maxCallMs ?? DEFAULT_MAX_CALL_MS);
  try {
    const turns = await playTurns(call, scenario, lines);
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

async function playTurns(
  call: SimulatedCall,
  scenario: Scenario,
  lines: ReadonlyMap<string, Uint8Array>,
): Promise<TurnReport[]> {
  const reports: TurnReport[] = [];
  for (const turn of scenario.turns) {
    if (!(await momentCame(call, turn.when, turn.withinMs ?? DEFAULT_WITHIN_MS))) {
      reports.push({ turn, atMs: null, outcome: call.hasEnded ? 'call-ended' : 'gave-up' });
      call.hangup();
      break;
    }
    reports.push({ turn, atMs: call.journal.nowMs, outcome: 'done' });
    await act(call, turn, lines);
  }
  return reports;
}

async function momentCame(call: SimulatedCall, moment: TurnMoment, withinMs: number): Promise<boolean> {
  try {
    if (moment === 'agent-finished') {
      await call.waitForSpeech({ timeoutMs: withinMs });
      await call.waitForSilence(POLITE_PAUSE_MS, { timeoutMs: Math.max(withinMs, LONGEST_LISTEN_MS) });
    } else if ('afterMs' in moment) {
      await sleep(moment.afterMs, call);
    } else {
      await call.waitForSpeech({ forMs: moment.agentSpeakingMs, timeoutMs: withinMs });
    }
    return !call.hasEnded;
  } catch (error) {
    if (error instanceof WaitError) return false;
    throw error;
  }
}

async function act(
  call: SimulatedCall,
  { do: deed }: ScenarioTurn,
  lines: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  if ('say' in deed) await call.say(lines.get(deed.say) ?? new Uint8Array(0), { text: deed.say });
  else if ('press' in deed) call.press(deed.press);
  else if ('waitMs' in deed) await sleep(deed.waitMs, call);
  else call.hangup();
}

async function sleep(ms: number, call: SimulatedCall): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([over, call.gone]);
  clearTimeout(timer);
}
