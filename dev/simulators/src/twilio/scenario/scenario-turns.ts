import { WaitError } from '../../talk/talk.ts';
import type { TurnReport } from './scenario-failures.ts';
import type { Scenario, ScenarioTurn, TurnMoment } from './scenario.ts';

/** Gives a line a voice: µ-law 8 kHz mono. */
export type SpeakLine = (text: string) => Promise<Uint8Array>;

/** A caller of any simulated carrier, as a scenario plays one. */
export interface ScenarioCaller {
  readonly hasEnded: boolean;
  readonly journal: { readonly nowMs: number };
  /** Settles when the call is over. */
  readonly ended: Promise<unknown>;
  say(speech: Uint8Array, options: { readonly text: string }): Promise<unknown>;
  press(digits: string): void;
  hangup(): void;
  waitForSpeech(options: { readonly forMs?: number; readonly timeoutMs?: number }): Promise<unknown>;
}

/** Silence after which the agent's turn counts as finished. */
export const POLITE_PAUSE_MS = 700;
/** A caller hears the agent out, also one who was slow to begin. */
export const LONGEST_LISTEN_MS = 60_000;
export const DEFAULT_MAX_CALL_MS = 120_000;
const DEFAULT_WITHIN_MS = 15_000;

/** Returns the caller's lines with their voice. */
export async function prepareLines(scenario: Scenario, speak: SpeakLine): Promise<Map<string, Uint8Array>> {
  const lines = new Map<string, Uint8Array>();
  for (const { do: deed } of scenario.turns) if ('say' in deed) lines.set(deed.say, await speak(deed.say));
  return lines;
}

/**
 * Plays the caller's turns until one does not come, or the call is over.
 * @param agentFinished resolves when the agent has finished a turn; rejects with `WaitError` when none came
 */
export async function playTurns<Caller extends ScenarioCaller>(
  call: Caller,
  scenario: Scenario,
  lines: ReadonlyMap<string, Uint8Array>,
  agentFinished: (call: Caller, withinMs: number) => Promise<void>,
): Promise<TurnReport[]> {
  const reports: TurnReport[] = [];
  for (const turn of scenario.turns) {
    if (!(await momentCame(call, turn.when, turn.withinMs ?? DEFAULT_WITHIN_MS, agentFinished))) {
      reports.push({ turn, atMs: null, outcome: call.hasEnded ? 'call-ended' : 'gave-up' });
      call.hangup();
      break;
    }
    reports.push({ turn, atMs: call.journal.nowMs, outcome: 'done' });
    await act(call, turn, lines);
  }
  return reports;
}

async function momentCame<Caller extends ScenarioCaller>(
  call: Caller,
  moment: TurnMoment,
  withinMs: number,
  agentFinished: (call: Caller, withinMs: number) => Promise<void>,
): Promise<boolean> {
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

async function act(
  call: ScenarioCaller,
  { do: deed }: ScenarioTurn,
  lines: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  if ('say' in deed) await call.say(lines.get(deed.say) ?? new Uint8Array(0), { text: deed.say });
  else if ('press' in deed) call.press(deed.press);
  else if ('waitMs' in deed) await sleep(deed.waitMs, call);
  else call.hangup();
}

async function sleep(ms: number, call: ScenarioCaller): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([over, call.ended]);
  clearTimeout(timer);
}
