import { setTimeout as sleep } from 'node:timers/promises';
import type { CallStory } from '../../history/call-story.ts';
import { percentile, shareOf } from '../../history/run-view.ts';
import type { Scenario } from '../../run/scenario.ts';

/** The agent is gone, and the carrier's voice speaks our message. */
const isApologised = ({ ended }: CallStory): boolean =>
  ended?.said.some((text) => /sorry|problem/i.test(text)) ?? false;

/** R9: the whole fleet dies at once. */
export const noRelayLeft: Scenario = {
  name: 'R9',
  about: 'every relay killed at once',
  goals: [
    {
      id: 'R9',
      what: 'callers who are told, or put through to a person',
      unit: '%',
      limit: { atLeast: 100 },
      figure: (run) => shareOf(run.losses('kill'), ({ story }) => isApologised(story)),
    },
    {
      id: 'R9',
      what: "callers who heard the carrier's own error message",
      unit: '',
      limit: { atMost: 0 },
      figure: (run) => run.stories.filter(({ ended }) => ended?.by === 'application-error').length,
    },
    {
      id: 'R9',
      what: 'until our words begin, longest',
      unit: 'ms',
      limit: { atMost: 3_000 },
      figure: (run) => percentile(run.measured('told-after-ms'), 1),
    },
  ],
  fleet: { relays: 2 },
  calls: 30,
  rounds: 4,
  isForPlain: true,
  round: async (bench) => {
    await bench.place(bench.calls);
    await bench.waitForTurns(1, 30_000);
    const killedAt = Date.now();
    for (const { call } of bench.callers) {
      call.onSaid(() => bench.measure('told-after-ms', Date.now() - killedAt));
    }
    await Promise.all(
      bench.fleet.relays.map((relay) =>
        bench.strike('kill', relay, () => bench.fleet.signal(relay, 'SIGKILL')),
      ),
    );
    await sleep(6_000);
    await bench.collect();
    await Promise.all(bench.fleet.relays.map((relay) => bench.fleet.restart(relay)));
  },
};
