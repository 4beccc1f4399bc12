import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { tandemFolder } from '@tandem/stack';
import { readHistory } from './history/history.ts';
import { goalLines } from './report/goal-table.ts';
import { evaluate, runScenario } from './run/run-scenario.ts';
import { EVERY_FAULT } from './scenarios.ts';

jest.setTimeout(180_000);

const SEED = 7;
const CALLS = 6;
/** The history is kept, so that violations can be examined. */
const folder = join(tandemFolder, 'chaos');
mkdirSync(folder, { recursive: true });

describe('people keep talking', () => {
  it(`through ${EVERY_FAULT.about}`, async () => {
    const historyFile = join(folder, 'short.jsonl');
    const result = await runScenario(EVERY_FAULT, {
      calls: CALLS,
      rounds: 1,
      seed: SEED,
      until: Number.POSITIVE_INFINITY,
      historyFile,
      log: () => undefined,
    });
    console.log(goalLines([result]).join('\n'));
    expect(result.violations).toEqual([]);
    // Durations are checked by the bench on a machine of its own; the other goals hold on every machine.
    expect(
      result.goals
        .filter(({ goal, isMet }) => goal.unit !== 'ms' && goal.unit !== 's' && !isMet)
        .map(({ goal, figure }) => `${goal.id} ${goal.what}: ${figure}`),
    ).toEqual([]);
    expect(evaluate(EVERY_FAULT, { entries: readHistory(historyFile) }).violations).toEqual([]);
  });
});
