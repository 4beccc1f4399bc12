import type { ScenarioResult } from '../run/run-scenario.ts';
import type { Goal } from '../run/scenario.ts';

const VIOLATIONS_SHOWN = 10;

export const COLUMNS = [
  '',
  'what goes wrong, and what must come of it',
  'goal',
  'Tandem',
  'ordinary relay',
  'calls × rounds',
  'round trip',
] as const;

/** Returns a row per goal: our figure, and that of an ordinary relay where it ran the same scenario. */
export function goalRows(results: readonly ScenarioResult[]): string[][] {
  return results
    .filter(({ fleet }) => fleet === 'tandem')
    .flatMap(({ scenario, goals, calls, rounds, roundTrip }) => {
      const plain = results.find((result) => result.fleet === 'plain' && result.scenario === scenario);
      return goals.map(({ goal, figure, isMet }, index) => {
        const other = plain?.goals[index];
        return [
          goal.id,
          `${scenario.about}: ${goal.what}`,
          limitText(goal),
          `${figureText(goal, figure)}${isMet ? '' : ' (NOT MET)'}`,
          other ? figureText(goal, other.figure) : '',
          `${calls} × ${rounds}`,
          roundTrip,
        ];
      });
    });
}

/** Returns the goals and the violations as text lines for the terminal. */
export function goalLines(results: readonly ScenarioResult[]): string[] {
  const rows = [[...COLUMNS], ...goalRows(results)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const violated = results
    .filter(({ fleet }) => fleet === 'tandem')
    .flatMap(({ scenario, violations }) => [
      `${scenario.name}: ${violations.length} rule violation${violations.length === 1 ? '' : 's'}`,
      ...violations.slice(0, VIOLATIONS_SHOWN).map(({ rule, call, what }) => `  ${rule} ${call}: ${what}`),
    ]);
  return [...table, ...violated];
}

function limitText({ limit, unit }: Goal): string {
  return 'atLeast' in limit ? `≥ ${withUnit(limit.atLeast, unit)}` : `≤ ${withUnit(limit.atMost, unit)}`;
}

function figureText({ unit }: Goal, figure: number): string {
  return Number.isNaN(figure) ? 'not measured' : withUnit(figure, unit);
}

function withUnit(value: number, unit: Goal['unit']): string {
  const text = Number.isInteger(value) ? String(value) : value.toFixed(unit === 's' || unit === '%' ? 1 : 0);
  return unit === '' ? text : `${text} ${unit}`;
}
