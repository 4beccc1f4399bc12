import { answer, RunningPlatform } from '@tandem/commands/platform';
import { scripted, type CallReport } from '@tandem/simulators';
import { readRelayFigures, type RelayFigures } from './relay-figures.ts';

interface RowsOptions {
  readonly calls: number;
  readonly relays: number;
  /** Calls started each second. */
  readonly rampPerSecond: number;
  readonly log: (line: string) => void;
}

export interface RowsResult {
  readonly calls: number;
  readonly relays: number;
  /** Calls that the agent's goodbye ended, as they should. */
  readonly completed: number;
  readonly lost: number;
  /** Calls whose rows are not all there: ending, both parties' utterances, both tool calls. */
  readonly incomplete: number;
  readonly firstAudioMs: readonly number[];
  readonly responseMs: readonly number[];
  readonly callSeconds: number;
  readonly before: RelayFigures;
  readonly after: RelayFigures;
}

/**
 * Each caller says two things; the agent looks the customer up after the first and says goodbye after the
 * second.
 */
const SCRIPT = scripted({
  turns: [
    {
      ifHeard: '',
      call: { name: 'lookup_customer', arguments: {} },
      then: { say: 'I have found your record. What can I do for you?' },
    },
    {
      say: 'That is done. Thank you for calling, goodbye.',
      call: { name: 'end_call', arguments: { reason: 'caller-done' } },
    },
  ],
  otherwise: 'Goodbye.',
});
const CALLER_TURNS = 2;

export async function runRows(options: RowsOptions): Promise<RowsResult> {
  const { calls, relays, rampPerSecond, log } = options;
  log(`Starting the stack with ${relays} relay${relays === 1 ? '' : 's'}`);
  const platform = await RunningPlatform.start({
    model: {
      behaviour: SCRIPT,
      record: { events: false, audio: false },
      pace: { firstByteMs: 300, deltaMs: 200, audioRate: 6 },
    },
    stack: { relays, env: { RELAY_MAX_CALLS: String(calls), LOG_LEVEL: 'warn' } },
  });
  try {
    const before = await readRelayFigures(platform);
    log(`Placing ${calls} calls, ${rampPerSecond} a second`);
    const placed: Promise<CallReport>[] = [];
    for (let index = 0; index < calls; index += 1) {
      placed.push(oneCall(platform, index));
      await new Promise((resolve) => setTimeout(resolve, 1000 / rampPerSecond));
    }
    log('All calls are up; waiting for them to end');
    const reports = await Promise.all(placed);
    const after = await readRelayFigures(platform);
    const completed = reports.filter(
      (report) => report.endedBy === 'hangup-verb' && report.streams.length === 1,
    );
    log('Counting rows');
    const incomplete = await incompleteRows(platform, calls);
    return {
      calls,
      relays,
      completed: completed.length,
      lost: calls - completed.length,
      incomplete,
      firstAudioMs: reports.flatMap(({ timing, answeredAtMs }) =>
        timing.firstAudioMs !== null && answeredAtMs !== null ? [timing.firstAudioMs - answeredAtMs] : [],
      ),
      responseMs: reports.flatMap(({ timing }) => timing.responses.map(({ responseMs }) => responseMs)),
      callSeconds: reports.reduce(
        (sum, { endedAtMs, answeredAtMs }) => sum + ((endedAtMs ?? 0) - (answeredAtMs ?? 0)) / 1000,
        0,
      ),
      before,
      after,
    };
  } finally {
    await platform.stop();
  }
}

async function oneCall(platform: RunningPlatform, index: number): Promise<CallReport> {
  const call = platform.ring({ from: `+1202555${String(1000 + index).padStart(4, '0')}` });
  const patience = setTimeout(() => call.hangup(), 90_000);
  try {
    for (let turn = 0; turn < CALLER_TURNS; turn += 1) await answer(call);
  } catch {
    call.hangup(); // The agent did not speak: counted as lost.
  }
  const report = await call.ended;
  clearTimeout(patience);
  return report;
}

async function incompleteRows(platform: RunningPlatform, calls: number): Promise<number> {
  const complete = `SELECT count(*)::int AS complete FROM calls c WHERE c.termination_reason = 'agent-goodbye'
    AND (SELECT count(*) FROM utterances u WHERE u.call_id = c.id AND u.speaker = 'agent') >= 3
    AND (SELECT count(*) FROM tool_calls t WHERE t.call_id = c.id AND t.status = 'ok') = 2
    AND EXISTS (SELECT 1 FROM call_legs l WHERE l.call_id = c.id AND l.detached_at IS NOT NULL)
    AND EXISTS (SELECT 1 FROM dispositions d WHERE d.call_id = c.id)`;
  for (let waited = 0; ; waited += 500) {
    const [row] = await platform.sql<{ complete: number }>(complete);
    if (row?.complete === calls || waited > 20_000) return calls - (row?.complete ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
