import type { Goal } from '../scenario.ts';
import type { ScenarioResult } from '../run-scenario.ts';

const VIOLATIONS_SHOWN = 10;

/** Every goal with the figure beside it, and what was violated, as lines for people. */
export function goalLines(results: readonly ScenarioResult[]): string[] {
  const rows = results.flatMap(({ scenario, goals }) => goals.map(({ goal, figure, isMet }) => [goal.id, `${scenario.about}: ${goal.what}`, limitText(goal), figureText(goal, figure), isMet ? 'met' : 'NOT MET']));
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
  const violated = results.flatMap(({ scenario, violations }) => [
    `${scenario.name}: ${violations.length} violation${violations.length === 1 ? '' : 's'} of what must hold`,
    ...violations.slice(0, VIOLATIONS_SHOWN).map(({ rule, call, what }) => `  ${rule} ${call}: ${what}`),
  ]);
  return [...table, ...violated];
}

export function limitText({ limit, unit }: Goal): string {
  return 'atLeast' in limit ? `≥ ${withUnit(limit.atLeast, unit)}` : `≤ ${withUnit(limit.atMost, unit)}`;
}

export function figureText({ unit }: Goal, figure: number): string {
  return Number.isNaN(figure) ? 'not measured' : withUnit(figure, unit);
}

function withUnit(value: number, unit: Goal['unit']): string {
  const text = Number.isInteger(value) ? String(value) : value.toFixed(unit === 's' || unit === '%' ? 1 : 0);
  return unit === '' ? text : `${text} ${unit}`;
}
