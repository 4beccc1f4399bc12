import type { CallEventBody, NewCallEvent, Termination } from '@tandem/contracts';
import { CallSession, type CallLog, type RealClock, type VoiceModel } from '@tandem/conversation';
import { Line } from './line.ts';
import { aCall, NOTING_TOOL, slowTool } from './talking-agent.ts';

interface TalkOptions {
  readonly model: VoiceModel;
  readonly clock: RealClock;
  readonly turns: number;
  readonly hasTool: boolean;
  /** Called when the caller begins to speak. */
  readonly onTurn?: (turn: number) => void;
}

interface Move extends CallEventBody<'model.moved'> {
  /**
   * Silence for the caller, from the loss of the old session or the end of their own words to the agent's
   * next sound; 0 when audio was still buffered.
   */
  readonly silenceMs: number;
}

/** Figures of one call. */
export interface TalkFigures {
  readonly turns: number;
  /** Turns that are not in the transcript, and turns that are there twice. */
  readonly lostTurns: number;
  readonly repeatedTurns: number;
  /** Turns after which nothing was said. */
  readonly unansweredTurns: number;
  /** Tool calls beyond one for each turn. */
  readonly repeatedEffects: number;
  readonly moves: readonly Move[];
  readonly faults: readonly string[];
  /** From the answer of the call to the agent's first sound. */
  readonly firstWordMs: number;
  readonly termination: Termination | null;
}

const SPEECH_MS = 700;
const PATIENCE_MS = 15_000;
/** After this much silence the agent counts as finished. */
const SETTLED_MS = 500;

/** A caller who says something, listens to the answer, and says the next thing, even when the model fails. */
export async function talk({ model, clock, turns, hasTool, onTurn }: TalkOptions): Promise<TalkFigures> {
  const line = new Line(clock);
  const events: { readonly at: number; readonly fact: NewCallEvent }[] = [];
  const log: CallLog = {
    append: (fact) => void events.push({ at: clock.now(), fact }),
    flush: () => Promise.resolve('stored'),
  };
  const effects = new Set<string>();
  const session = new CallSession({
    call: aCall(hasTool),
    stream: line,
    model,
    declarationsFor: () => (hasTool ? [NOTING_TOOL] : []),
    toolDispatcher: slowTool(effects),
    log,
    clock,
  });
  const startedAt = clock.now();
  const turnsOfCaller: Turn[] = [];
  session.start();
  line.open();
  let isOver = false;
  const ended = session.ended.then((termination) => ((isOver = true), termination));
  const settled = () =>
    until(() => isOver || (line.onsets.length > 0 && clock.now() > line.silentFrom + SETTLED_MS));
  await settled();
  let unansweredTurns = 0;
  for (let turn = 1; turn <= turns && !isOver; turn += 1) {
    onTurn?.(turn);
    const from = clock.now();
    line.isSpeaking = true;
    await sleep(SPEECH_MS);
    line.isSpeaking = false;
    const spokenAt = clock.now();
    turnsOfCaller.push({ from, to: spokenAt });
    if (!(await until(() => isOver || (line.onsets.at(-1)?.at ?? 0) > spokenAt))) unansweredTurns += 1;
    await settled();
  }
  session.end('relay-shutdown');
  const termination = await ended;
  const spoken = events.filter(({ fact }) => fact.type === 'caller.spoke' && fact.data.text !== '').length;
  return {
    turns,
    lostTurns: Math.max(0, turns - spoken),
    repeatedTurns: Math.max(0, spoken - turns),
    unansweredTurns,
    repeatedEffects: Math.max(0, effects.size - (hasTool ? turns : 0)),
    moves: events.flatMap(({ at, fact }) =>
      fact.type === 'model.moved'
        ? [{ ...fact.data, silenceMs: silenceAfter(line, turnsOfCaller, at, fact.data.gapMs) }]
        : [],
    ),
    faults: events.flatMap(({ fact }) => (fact.type === 'model.faulted' ? [fact.data.code] : [])),
    firstWordMs: Math.round((line.onsets[0]?.at ?? Number.NaN) - startedAt),
    termination,
  };
}

interface Turn {
  readonly from: number;
  readonly to: number;
}

/** Sound that begins after the caller's next turn answers that turn. */
function silenceAfter(line: Line, turns: readonly Turn[], movedAt: number, gapMs: number): number {
  const lostAt = movedAt - gapMs;
  const next = turns.find(({ from }) => from > movedAt);
  const onset = line.onsets.find(({ at }) => at >= movedAt && at < (next?.to ?? Number.POSITIVE_INFINITY));
  if (!onset) return 0;
  const spokenAt = turns.findLast(({ to }) => to < onset.at)?.to ?? 0;
  return Math.round(Math.max(0, Math.min(onset.silenceMs, onset.at - Math.max(lostAt, spokenAt))));
}

async function until(isSo: () => boolean): Promise<boolean> {
  for (let waitedMs = 0; !isSo(); waitedMs += 10) {
    if (waitedMs > PATIENCE_MS) return false;
    await sleep(10);
  }
  return true;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
