import type { TroubleFigures } from './faults.ts';

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ??
  Number.NaN;
const spread = (values: readonly number[]): string =>
  values.length === 0
    ? '–'
    : [0.5, 0.95, 1].map((share) => String(Math.round(percentile(values, share)))).join(' / ');
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const HEADER = [
  'trouble',
  'calls',
  'moves',
  'gap ms p50/p95/max',
  'silence ms p50/p95/max',
  'first word ms p50/p95/max',
  'turns lost/twice/unanswered',
  'effects twice',
  'model lost',
  'what the fallback chain did',
];

/**
 * Returns one kind of trouble as a table row. `gap` is the time without a session, `silence` the time the
 * caller heard nothing.
 */
export function row({ trouble, calls }: TroubleFigures): string[] {
  const moves = calls.flatMap((call) => call.moves);
  const whys = [...new Set(moves.map(({ why }) => why))].map(
    (why) => `${why} ×${moves.filter((move) => move.why === why).length}`,
  );
  const opened = calls.flatMap(({ faults }) => faults);
  const did =
    whys.length > 0
      ? whys.join(', ')
      : opened.length > 0
        ? `before the first word: ${[...new Set(opened)].join(', ')}`
        : '–';
  return [
    trouble.name,
    String(calls.length),
    String(moves.length),
    spread(moves.map(({ gapMs }) => gapMs)),
    spread(moves.map(({ silenceMs }) => silenceMs)),
    spread(calls.map(({ firstWordMs }) => firstWordMs)),
    `${sum(calls.map((call) => call.lostTurns))} / ${sum(calls.map((call) => call.repeatedTurns))} / ` +
      `${sum(calls.map((call) => call.unansweredTurns))} of ${sum(calls.map((call) => call.turns))}`,
    String(sum(calls.map((call) => call.repeatedEffects))),
    String(calls.filter(({ termination }) => termination?.class === 'provider').length),
    did,
  ];
}

export function lines(rows: readonly (readonly string[])[]): string[] {
  const widths = HEADER.map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  return rows.map((cells) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
