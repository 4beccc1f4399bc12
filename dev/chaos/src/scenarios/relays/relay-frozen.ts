import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedSession } from '@tandem/simulators';
import type { Bench } from '../../bench/bench.ts';
import type { RunView } from '../../history/run-view.ts';
import type { Scenario } from '../../run/scenario.ts';
import { backWithin, callsContinue, none, talkThrough, turnsKept } from '../figures.ts';

/**
 * The relay wakes after this time at the latest; sooner once every call is on another relay, while the
 * carrier would still hear the old one.
 */
const FROZEN_MS = 6_500;
/** From a new stream to its relay's claim. */
const CLAIMED_MS = 300;
/** Messages under way at the freeze have arrived by then. */
const SETTLED_MS = 1_000;
/** Time in which a woken relay does anything it still might do. */
const AWAKE_MS = 2_000;

async function freezeOne(bench: Bench): Promise<void> {
  const relay = await bench.pickHolder();
  const streamsOf = () => new Map(bench.callers.map(({ call }) => [call.sid, call.streamsOpened]));
  const streams = streamsOf();
  const held = (await bench.holdings()).get(relay) ?? [];
  await bench.strike('freeze', relay, () => bench.fleet.signal(relay, 'SIGSTOP'));
  await sleep(SETTLED_MS);
  // The relay is not missed yet at this time: the sessions of its calls are its own.
  const own = bench.fleet.model.sessions.filter(
    (session) => session.isOpen && held.includes(bench.callOf(session) ?? ''),
  );
  const isOnItsWay = (): boolean => {
    const now = streamsOf();
    return held.every((sid) => (now.get(sid) ?? 0) > (streams.get(sid) ?? 0));
  };
  if (await bench.until(isOnItsWay, FROZEN_MS - SETTLED_MS)) await sleep(CLAIMED_MS);
  const appends = appendsOf(own);
  const before = mediaAfterEnd(bench);
  await bench.fleet.signal(relay, 'SIGCONT');
  bench.history.add({ kind: 'fault-over', what: 'freeze', target: relay });
  await sleep(AWAKE_MS);
  // A plain relay's calls are never taken over: it may continue them.
  if (bench.fleet.kind === 'plain') return;
  bench.measure('stale-frames', mediaAfterEnd(bench) - before + appendsOf(own) - appends);
}

/** R3, R4: a relay freezes, and wakes when its calls belong to another. */
export const relayFrozen: Scenario = {
  name: 'R3',
  about: 'one of three relays frozen (SIGSTOP), then woken (SIGCONT)',
  goals: [
    callsContinue('R3', 'freeze'),
    backWithin('R3', 1, 6_000, 'freeze'),
    none('R4', 'pieces of audio the woken relay sent to a carrier or a model', 'stale-frames'),
    {
      id: 'R4',
      what: 'events of the woken relay that were taken',
      unit: '',
      limit: { atMost: 0 },
      figure: staleEvents,
    },
    turnsKept('R5'),
  ],
  fleet: { relays: 3 },
  calls: 40,
  rounds: 10,
  isForPlain: true,
  fault: freezeOne,
  round: talkThrough(freezeOne),
};

/** Returns the number of audio messages sent to carriers over streams they had left. */
function mediaAfterEnd({ callers }: Bench): number {
  return sum(callers.map(({ call }) => call.mediaAfterEnd));
}

/** Returns the number of audio messages these model sessions have received. */
function appendsOf(sessions: readonly SimulatedSession[]): number {
  return sum(sessions.map(({ counters }) => counters.appends));
}

/** Returns the number of events of an older owner that came after the first one of a newer owner. */
function staleEvents(run: RunView): number {
  return sum(
    run.stories.map(({ log }) => {
      const owned = log?.events.filter(({ epoch }) => epoch > 0) ?? [];
      return owned.filter(
        ({ epoch }, index) =>
          index > 0 && epoch < Math.max(...owned.slice(0, index).map((event) => event.epoch)),
      ).length;
    }),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
