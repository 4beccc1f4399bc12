import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { NO_DISTANCE, roundTripText } from '@tandem/simulators';
import type { ScenarioResult } from '../run/run-scenario.ts';
import { COLUMNS, goalRows } from './goal-table.ts';

const FIGURES = /(<!-- figures -->\n)([\s\S]*?)(<!-- end of figures -->)/;

/** Writes the rows into the page; rows of scenarios that were not run stay unchanged. */
export function saveTable(page: string, results: readonly ScenarioResult[]): void {
  const text = readFileSync(page, 'utf8');
  writeFileSync(
    page,
    text.replace(
      FIGURES,
      (_whole, begin: string, figures: string, end: string) => `${begin}${table(figures, results)}\n${end}`,
    ),
  );
}

/** @param figures the old rows */
export function table(figures: string, results: readonly ScenarioResult[]): string {
  const rows = goalRows(results).map((row) => line(row));
  const about = (row: string): string => /^\|[^|]*\| ([^:|]+):/.exec(row)?.[1] ?? '';
  const measured = new Set(rows.map(about));
  const kept = figures
    .split('\n')
    .filter((row) => row.startsWith('| R') && !measured.has(about(row)))
    .map(withRoundTrip);
  const machine =
    `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ` +
    `${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}; everything on this one ` +
    'machine.';
  const inOrder = [...kept, ...rows].sort(
    (a, b) => numberOf(a) - numberOf(b) || about(a).localeCompare(about(b)),
  );
  return [machine, '', line(COLUMNS), `|${COLUMNS.map(() => '---').join('|')}|`, ...inOrder].join('\n');
}

/** Rows that name no distance were measured without one. */
function withRoundTrip(row: string): string {
  return row.split('|').length - 2 < COLUMNS.length
    ? `${row.trimEnd()} ${roundTripText(NO_DISTANCE)} |`
    : row;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function numberOf(row: string): number {
  return Number(/^\| R(\d+)/.exec(row)?.[1] ?? 0);
}
