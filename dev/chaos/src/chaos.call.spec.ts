import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Fleet } from './bench/fleet.ts';
import { TandemFleet } from './bench/tandem-fleet.ts';
import { readHistory } from './history/history.ts';
import { goalLines } from './report/goal-table.ts';
import { judge, runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

jest.setTimeout(120_000);

const SEED = 7;
/** A scenario as it is run here. */
type Short = Scenario & { readonly short: NonNullable<Scenario['short']> };
const inShort = SCENARIOS.filter((scenario): scenario is Short => scenario.short !== undefined);

/** One fleet for all of them. */
let fleet: TandemFleet;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-chaos-'));
  fleet = await TandemFleet.start({ relays: 3 });
});
afterAll(async () => {
  await fleet.stop();
  rmSync(folder, { recursive: true });
});

/** The shared fleet, which its scenario must not stop. */
function lent(): Promise<Fleet> {
  return Promise.resolve(new Proxy(fleet, { get: (target, name) => (name === 'stop' ? () => Promise.resolve() : (Reflect.get(target, name, target) as unknown)) }));
}

describe('people keep talking', () => {
  it.each(inShort.map((scenario): [string, Short] => [scenario.about, scenario]))('through: %s', async (_, scenario) => {
    const historyFile = join(folder, `${scenario.name}.jsonl`);
    const result = await runScenario(scenario, { calls: scenario.short.calls, rounds: 1, seed: SEED, until: Number.POSITIVE_INFINITY, historyFile, log: () => undefined }, lent);
    console.log(goalLines([result]).join('\n'));
    expect(result.violations).toEqual([]);
    // How long things take is for the bench on a machine of its own; whether they happen is for every machine.
    expect(result.goals.filter(({ goal, isMet }) => goal.unit !== 'ms' && goal.unit !== 's' && !isMet).map(({ goal, figure }) => `${goal.id} ${goal.what}: ${figure}`)).toEqual([]);
    expect(judge(scenario, { entries: readHistory(historyFile) }).violations).toEqual([]);
  });
});
