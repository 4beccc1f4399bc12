import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { svgOf, type Line } from '@tandem/commands/chart';
import { checkoutRoot, parseOptions, wholeNumber } from '@tandem/stack';
import { simulateRollout, simulateZoneLoss, type SimulationResult } from './simulation/scenarios.ts';
import type { FleetOptions } from './simulation/simulated-fleet.ts';

const HELP = `npm run simulate     placement and drain of 1,000 relays in virtual time: a rolling update
                     with and without revisions, and the loss of a zone
  --relays N      relays (1000)
  --capacity N    calls a relay may carry (150)
  --used N        per cent of all capacity in use (60)
  --call-seconds N   mean length of a call (240)
  --at-once N     relays replaced at a time (50)
  --seed N        seed of the random numbers (1)
  --save          writes docs/images/scaling.svg

Which relay takes a call and how a relay hands its calls over is decided by the product's own code; sockets,
models and Redis are left out.`;

const PLOT = 'docs/images/scaling.svg';
const ZONE = 1 / 3;
const BLUE = '#1f6feb';
const GREEN = '#1a7f37';
const ORANGE = '#bc4c00';

const values = parseOptions(
  {
    options: {
      relays: { type: 'string' },
      capacity: { type: 'string' },
      used: { type: 'string' },
      'call-seconds': { type: 'string' },
      'at-once': { type: 'string' },
      seed: { type: 'string' },
      save: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  },
  HELP,
);
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const LIMITS = {
  relays: [3, 5_000, 1_000],
  capacity: [1, 1_000, 150],
  used: [1, 95, 60],
  'call-seconds': [10, 3_600, 240],
  'at-once': [1, 1_000, 50],
  seed: [1, 1_000_000_000, 1],
} as const;
const number = (name: keyof typeof LIMITS): number => {
  const [least, most, usual] = LIMITS[name];
  return wholeNumber({ name, text: values[name] ?? String(usual), help: HELP }, least, most);
};
const options: FleetOptions = {
  relays: number('relays'),
  capacity: number('capacity'),
  used: number('used') / 100,
  callSeconds: number('call-seconds'),
  hasRevisions: true,
};
const atOnce = number('at-once');
const seed = number('seed');

console.log(
  `${options.relays} relays of ${options.capacity} calls, ${Math.round(options.used * 100)} % in use, ` +
    `calls of ${options.callSeconds} s on average, ${atOnce} relays replaced at a time, seed ${seed}.\n`,
);
const runs = {
  'rolling update, with revisions': () => simulateRollout(options, atOnce, seed),
  'rolling update, without revisions': () =>
    simulateRollout({ ...options, hasRevisions: false }, atOnce, seed),
  'a third of the relays gone at once': () => simulateZoneLoss(options, ZONE, seed),
};
const results = Object.entries(runs).map(([name, run]) => {
  const result = run();
  console.log(`${name}\n${textOf(result)}\n`);
  return result;
});
if (values.save) {
  const [ruled, unruled] = results;
  if (ruled && unruled) writeFileSync(join(checkoutRoot, PLOT), plotOf(ruled, unruled));
  console.log(`written: ${PLOT}`);
}

function textOf(result: SimulationResult): string {
  const last = result.samples.at(-1);
  const peak = Math.max(...result.samples.map(({ most }) => most));
  const ended = result.movesPerCall.map((count, moves) => `${moves}: ${count}`);
  return [
    `  took ${(result.seconds / 60).toFixed(1)} min; ${result.calls} calls at the end`,
    `  moves ${result.moves}, of them in mid-turn ${result.movesInMidTurn}; calls by their moves ` +
      ended.join(', '),
    ...(Number.isNaN(result.drainP50S)
      ? []
      : [
          `  a relay is empty after ${result.drainP50S.toFixed(1)} s (p50), ` +
            `${result.drainP99S.toFixed(1)} s (p99)`,
        ]),
    `  requests that found no room at once ${result.withoutRoom}`,
    `  calls of a relay: at most ${peak}; at the end ${last?.least} to ${last?.most}, ` +
      `median ${last?.median}`,
  ].join('\n');
}

function plotOf(ruled: SimulationResult, unruled: SimulationResult): string {
  const line = (
    name: string,
    colour: string,
    { samples }: SimulationResult,
    of: (sample: SimulationResult['samples'][number]) => number,
  ): Line => ({
    name,
    colour,
    points: samples.filter((_, at) => at % 5 === 0).map((sample) => [sample.second / 60, of(sample)]),
  });
  return svgOf([
    {
      title: 'Calls of a relay in a rolling update',
      xName: 'minutes',
      lines: [
        line('most', ORANGE, ruled, ({ most }) => most),
        line('median', BLUE, ruled, ({ median }) => median),
        line('least', GREEN, ruled, ({ least }) => least),
      ],
    },
    {
      title: 'Moves of calls, thousands',
      xName: 'minutes',
      lines: [
        line('with revisions', BLUE, ruled, ({ moves }) => moves / 1_000),
        line('without', ORANGE, unruled, ({ moves }) => moves / 1_000),
      ],
    },
  ]);
}
