import type { Spread } from '../pump/histogram.ts';

export const milliseconds = (value: number): string =>
  Number.isNaN(value) ? '–' : `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;

export function spreadText({ p50Ms, p95Ms, p99Ms, maxMs }: Spread): string {
  return (
    `p50 ${milliseconds(p50Ms)}, p95 ${milliseconds(p95Ms)}, p99 ${milliseconds(p99Ms)}, max ` +
    `${milliseconds(maxMs)}`
  );
}
