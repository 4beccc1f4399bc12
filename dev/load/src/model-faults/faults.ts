import { ProviderHealthRegistry } from '@tandem/call-state';
import { RealClock } from '@tandem/conversation';
import { openAiRealtimeModel, resilientModel, type ResilientModelOptions } from '@tandem/models';
import { RealtimeSimulator, type FaultSpec, type RealtimeSimulatorOptions } from '@tandem/simulators';
import { sensibleModel } from './sensible-model.ts';
import { talk, type TalkFigures } from './talking-call.ts';

export interface Trouble {
  readonly name: string;
  /** The expected reaction of the fallback chain. */
  readonly answer: string;
  readonly calls: number;
  readonly turns: number;
  /** Calls begun each second; all at once when absent. */
  readonly perSecond?: number;
  readonly hasTool?: boolean;
  readonly faults?: readonly FaultSpec[];
  /** Applies the fault to the provider when this turn of a call begins. */
  readonly atTurn?: { readonly turn: number; readonly fault: 'cut' | 'hang' };
  readonly maxSessionMs?: number;
}

/** Figures of one kind of trouble over all its calls. */
export interface TroubleFigures {
  readonly trouble: Trouble;
  readonly calls: readonly TalkFigures[];
  /** Sessions and refused handshakes at the provider in trouble. */
  readonly requests: number;
  /** Calls the second provider took over. */
  readonly handedDown: number;
  /** Events the strict provider refused as wrong, by code. */
  readonly refusals: Readonly<Record<string, number>>;
}

const PACE = { firstByteMs: 300, deltaMs: 100, audioRate: 5 };
const LINES = Array.from({ length: 400 }, () => 'Please write this down.');

/** An hour of a provider, 300 times faster: each call has three or more. */
const FAST_HOUR_MS = 12_000;

export const TROUBLES: readonly Trouble[] = [
  {
    name: 'none: three hours (12 s each)',
    answer: 'renewed in time',
    calls: 8,
    turns: 12,
    maxSessionMs: FAST_HOUR_MS,
  },
  {
    name: 'socket cut in mid-answer',
    answer: 'same model again',
    calls: 12,
    turns: 6,
    faults: [{ kind: 'cut', how: 'reset', response: 2, audioMs: 400 }],
  },
  {
    name: 'socket cut around a tool call',
    answer: 'same model again, effect once',
    calls: 8,
    turns: 6,
    hasTool: true,
    faults: [{ kind: 'cut', how: 'reset', response: 'each', afterOpenMs: 0, probability: 0.3 }],
  },
  {
    name: 'socket cut as the caller speaks',
    answer: 'same model again, turn heard again',
    calls: 8,
    turns: 4,
    atTurn: { turn: 2, fault: 'cut' },
  },
  {
    name: 'close frame, no word before',
    answer: 'same model again',
    calls: 8,
    turns: 4,
    faults: [{ kind: 'cut', how: 'close', closeCode: 1012, afterOpenMs: 5_000, times: 16 }],
  },
  {
    name: 'session expires unrenewed',
    answer: 'same model again',
    calls: 8,
    turns: 5,
    faults: [{ kind: 'expire', afterOpenMs: 6_000, times: 16 }],
  },
  {
    name: 'hangs in mid-answer',
    answer: 'noticed, same model again',
    calls: 8,
    turns: 3,
    faults: [{ kind: 'hang', response: 2, audioMs: 200, times: 8 }],
  },
  {
    name: 'hangs as the caller speaks',
    answer: 'asked for a sign of life, again',
    calls: 8,
    turns: 3,
    atTurn: { turn: 2, fault: 'hang' },
  },
  {
    name: 'lives but makes no sound',
    answer: 'next target',
    calls: 6,
    turns: 1,
    faults: [{ kind: 'slow-first-byte', delayMs: 60_000 }],
  },
  {
    name: 'refuses our schema',
    answer: 'next target at once',
    calls: 8,
    turns: 2,
    faults: [{ kind: 'refuse-update' }],
  },
  {
    name: 'refuses our key',
    answer: 'next target at once',
    calls: 8,
    turns: 2,
    faults: [{ kind: 'refuse', status: 401 }],
  },
  {
    name: 'does not open at all',
    answer: 'next target after 2 s',
    calls: 8,
    turns: 2,
    faults: [{ kind: 'slow-handshake' }],
  },
  {
    name: 'answers fail: 429',
    answer: 'asked again, then next target',
    calls: 8,
    turns: 2,
    faults: [{ kind: 'fail-response', as: 'rate_limit_exceeded', response: 'each' }],
  },
  {
    name: 'storm of 429 at the door',
    answer: 'circuit, next target',
    calls: 120,
    turns: 0,
    perSecond: 40,
    faults: [{ kind: 'refuse', status: 429 }],
  },
  {
    name: 'storm of 503 at the door',
    answer: 'circuit, next target',
    calls: 120,
    turns: 0,
    perSecond: 40,
    faults: [{ kind: 'refuse', status: 503 }],
  },
];

/**
 * Runs several kinds of trouble at a time, each with its own providers. Returns the figures in the order
 * asked.
 */
export async function runAll(
  troubles: readonly Trouble[],
  atOnce: number,
  onDone: (figures: TroubleFigures) => void,
): Promise<TroubleFigures[]> {
  const left = [...troubles.entries()];
  const figures: TroubleFigures[] = [];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [index, trouble] = next;
      figures[index] = await meet(trouble);
      onDone(figures[index]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return figures;
}

/** Two providers on loopback, the first one in trouble, and calls that talk through it. */
export async function meet(
  trouble: Trouble,
  options: {
    readonly simulator?: RealtimeSimulatorOptions;
    readonly resilience?: Partial<ResilientModelOptions>;
  } = {},
): Promise<TroubleFigures> {
  const errors: unknown[] = [];
  const clock = new RealClock((error) => errors.push(error));
  const provider = (maxSessionMs?: number) =>
    new RealtimeSimulator({
      behaviour: sensibleModel(),
      pace: PACE,
      transcriptionDelayMs: 200,
      callerLines: LINES,
      ...(maxSessionMs ? { maxSessionMs } : {}),
      ...options.simulator,
    });
  const [primary, secondary] = [provider(trouble.maxSessionMs), provider()];
  const [first, second] = [
    await primary.start({ controlPort: false }),
    await secondary.start({ controlPort: false }),
  ];
  for (const fault of trouble.faults ?? []) primary.faults.add(fault);
  const board = new ProviderHealthRegistry({ states: null, clock });
  const onError = (error: unknown) => void errors.push(error);
  const oneCall = (index: number): Promise<TalkFigures> => {
    const health = board.of('primary:default');
    const target = (url: string, name: string) =>
      openAiRealtimeModel({
        url,
        apiKey: 'sk-bench',
        model: name,
        clock,
        onError,
        onRateLimits: (limits) => health.limits(limits),
        ...(trouble.maxSessionMs ? { maxSessionMs: trouble.maxSessionMs } : {}),
      });
    const name = `bench-${index}`;
    const model = resilientModel({
      targets: [{ model: target(first.url, name), health }, { model: target(second.url, name) }],
      clock,
      ...options.resilience,
    });
    const strike = (turn: number): void => {
      const { atTurn } = trouble;
      if (atTurn?.turn !== turn) return;
      const session = primary.sessions.findLast((candidate) => candidate.model === name && candidate.isOpen);
      setTimeout(
        () => session?.strike(atTurn.fault === 'cut' ? { kind: 'cut', how: 'reset' } : { kind: 'hang' }),
        100 + (index % 5) * 100,
      );
    };
    return talk({ model, clock, turns: trouble.turns, hasTool: trouble.hasTool ?? false, onTurn: strike });
  };
  try {
    const calls: Promise<TalkFigures>[] = [];
    for (let index = 0; index < trouble.calls; index += 1) {
      calls.push(oneCall(index));
      if (trouble.perSecond)
        await new Promise((resolve) => setTimeout(resolve, 1000 / (trouble.perSecond as number)));
    }
    const talked = await Promise.all(calls);
    if (errors.length > 0) throw new AggregateError(errors, 'A call failed inside.');
    return {
      trouble,
      calls: talked,
      requests:
        primary.openedSessions +
        Object.values(primary.refusedHandshakes).reduce((sum, count) => sum + count, 0),
      handedDown: secondary.openedSessions,
      refusals: refusalsOf([primary, secondary]),
    };
  } finally {
    await Promise.all([primary.stop(), secondary.stop()]);
  }
}

function refusalsOf(simulators: readonly RealtimeSimulator[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { sessions } of simulators)
    for (const { counters } of sessions)
      for (const [code, count] of Object.entries(counters.refusals)) sum[code] = (sum[code] ?? 0) + count;
  return sum;
}
