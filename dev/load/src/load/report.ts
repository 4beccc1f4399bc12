import { INTERNET, linkText } from '@tandem/simulators';
import { findings, type Capacity } from './capacity.ts';
import type { RowsResult } from './run-rows.ts';

const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};
const ms = (value: number) => (Number.isNaN(value) ? '–' : `${Math.round(value)} ms`);
const spread = (values: readonly number[]) =>
  `p50 ${ms(percentile(values, 0.5))}, p95 ${ms(percentile(values, 0.95))}, p99 ` +
  `${ms(percentile(values, 0.99))}`;

/** Returns the figures of calls through the whole platform as text lines for the terminal. */
export function rowsReport(result: RowsResult): string[] {
  return [
    '',
    `calls                        ${result.calls} on ${result.relays} relay${result.relays === 1 ? '' : 's'}`,
    `carrier and model            ${linkText(INTERNET)}`,
    `completed                    ${result.completed}`,
    `lost                         ${result.lost}`,
    `rows incomplete              ${result.incomplete}`,
    `answer → first audio         ${spread(result.firstAudioMs)}  (300 ms of it the simulated model's)`,
    `caller stops → agent starts  ${spread(result.responseMs)}  (500 ms end-pointing, 300 ms model)`,
    '',
  ];
}

/** Returns a relay's capacity as text lines for the terminal. */
export function capacityReport(capacity: Capacity): string[] {
  const rows = findings(capacity);
  const width = Math.max(...rows.map(({ what }) => what.length));
  return [
    '',
    `${capacity.machine}; the relay ${capacity.isPinned ? 'has one core' : 'shares its core'}`,
    '',
    ...rows.map(
      ({ what, found, promised, isKept }) =>
        `${verdictSign(isKept)} ${what.padEnd(width)}  ${found}` +
        (promised ? `  (promised: ${promised})` : ''),
    ),
  ];
}

/** Returns the capacity as a Markdown table for the documentation. */
export function capacityMarkdown(capacity: Capacity): string {
  const rows = findings(capacity).map(
    ({ what, found, promised, isKept }) => `| ${what} | ${found} | ${promised} | ${verdictSign(isKept)} |`,
  );
  return [
    `${capacity.machine}; the relay ` +
      (capacity.isPinned
        ? 'on one core, servers, workers and the load driver on the other.'
        : 'sharing its core with everything else.'),
    '',
    '| | Found | Promised | |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

export function keepsItsPromises(capacity: Capacity): boolean {
  return findings(capacity).every(({ isKept }) => isKept !== false);
}

function verdictSign(isKept: boolean | null): string {
  return isKept === null ? ' ' : isKept ? '✔' : '✖';
}
