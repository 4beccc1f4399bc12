import type { LoadResult } from './run-load.ts';

const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};
const ms = (value: number) => (Number.isNaN(value) ? '–' : `${Math.round(value)} ms`);
const spread = (values: readonly number[]) => `p50 ${ms(percentile(values, 0.5))}, p95 ${ms(percentile(values, 0.95))}, p99 ${ms(percentile(values, 0.99))}`;

/** The figures as lines for people. */
export function loadReport(result: LoadResult): string[] {
  const cpuMs = (result.after.cpuSeconds - result.before.cpuSeconds) * 1000;
  return [
    '',
    `calls                        ${result.calls} on ${result.relays} relay${result.relays === 1 ? '' : 's'}`,
    `completed                    ${result.completed}`,
    `lost                         ${result.lost}`,
    `rows incomplete              ${result.incomplete}`,
    `answer → first audio         ${spread(result.firstAudioMs)}  (300 ms of it the simulated model's)`,
    `caller stops → agent starts  ${spread(result.responseMs)}  (500 ms end-pointing, 300 ms model)`,
    `relay CPU per call-second    ${(cpuMs / result.callSeconds).toFixed(2)} ms`,
    `relay memory growth          ${((result.after.residentBytes - result.before.residentBytes) / 1024 / result.calls).toFixed(0)} KB a call`,
    `event-loop delay p99         ${result.after.loopDelayP99Ms.toFixed(1)} ms`,
  ];
}
