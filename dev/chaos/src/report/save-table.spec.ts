import { describe, expect, it } from '@jest/globals';
import type { ScenarioResult } from '../run/run-scenario.ts';
import type { Scenario } from '../run/scenario.ts';
import { table } from './save-table.ts';

const scenario = (about: string, id: string): Scenario => ({
  name: id,
  about,
  goals: [{ id, what: 'calls lost', unit: '', limit: { atMost: 0 }, figure: () => 0 }],
  fleet: { relays: 1 },
  calls: 1,
  rounds: 1,
  isForPlain: true,
  round: () => Promise.resolve(),
});
const result = (of: Scenario, fleet: 'tandem' | 'plain', figure: number): ScenarioResult => ({
  scenario: of,
  fleet,
  calls: 60,
  rounds: 5,
  roundTrip: '20–250 ms',
  violations: [],
  goals: of.goals.map((goal) => ({ goal, figure, isMet: figure === 0 })),
});
const rowsOf = (text: string) => text.split('\n').filter((row) => row.startsWith('| R'));

describe('the table on the page', () => {
  const [killed, frozen] = [scenario('a relay killed', 'R1'), scenario('a relay frozen', 'R3')];

  it("shows our figure beside the ordinary relay's, and the goals not met", () => {
    const text = table('', [result(killed, 'tandem', 2), result(killed, 'plain', 10)]);
    expect(rowsOf(text)).toEqual([
      '| R1 | a relay killed: calls lost | ≤ 0 | 2 (NOT MET) | 10 | 60 × 5 | 20–250 ms |',
    ]);
  });

  it('keeps the rows of scenarios that were not run', () => {
    const before = table('', [result(killed, 'tandem', 2), result(frozen, 'tandem', 0)]);
    expect(rowsOf(table(before, [result(killed, 'tandem', 0)]))).toEqual([
      '| R1 | a relay killed: calls lost | ≤ 0 | 0 |  | 60 × 5 | 20–250 ms |',
      '| R3 | a relay frozen: calls lost | ≤ 0 | 0 |  | 60 × 5 | 20–250 ms |',
    ]);
  });

  it('writes "none" for rows without a round trip', () => {
    const before = '| R3 | a relay frozen: calls lost | ≤ 0 | 0 |  | 60 × 5 |';
    expect(rowsOf(table(before, [result(killed, 'tandem', 0)]))[1]).toBe(
      '| R3 | a relay frozen: calls lost | ≤ 0 | 0 |  | 60 × 5 | none |',
    );
  });
});
