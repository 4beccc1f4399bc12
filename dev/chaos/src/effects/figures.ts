import type { RunView } from '../history/run-view.ts';

/** Sum of what was measured under this name over all rounds; NaN when nothing was. */
export function total(run: RunView, what: string): number {
  const values = run.measured(what);
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0);
}

/** The largest; NaN when nothing was measured. */
export function most(run: RunView, what: string): number {
  const values = run.measured(what);
  return values.length === 0 ? Number.NaN : Math.max(...values);
}
