import { svgOf, type Chart, type Line } from '@tandem/commands/chart';
import type { Capacity } from './capacity.ts';
import { BUDGET, type RampStep } from './run-ramp.ts';

const BLUE = '#1f6feb';
const GREEN = '#1a7f37';
const ORANGE = '#bc4c00';
const GREY = '#8c959f';

/** Returns the plot of a run for the documentation. */
export function capacityPlot({ ramp, churn }: Capacity): string {
  const charts: Chart[] = [];
  if (ramp && ramp.steps.length > 0) {
    const steps = ramp.steps;
    const line = (name: string, colour: string, of: (step: RampStep) => number): Line => ({
      name,
      colour,
      points: steps.map((step) => [step.calls, of(step)]),
    });
    const level = (name: string, value: number): Line => ({
      name,
      colour: GREY,
      isDashed: true,
      points: [
        [0, value],
        [steps.at(-1)?.calls ?? 0, value],
      ],
    });
    charts.push(
      {
        title: 'Added latency, ms',
        xName: 'calls on one core',
        lines: [
          line('p50 to model', GREEN, ({ toModel }) => toModel.p50Ms),
          line('p99 to model', BLUE, ({ toModel }) => toModel.p99Ms),
          line('p99 to caller', ORANGE, ({ toCaller }) => toCaller.p99Ms),
          level('budget', BUDGET.addedP99Ms),
        ],
      },
      {
        title: 'Share of the core, %',
        xName: 'calls on one core',
        lines: [
          line('relay', BLUE, ({ coreShare }) => coreShare * 100),
          level('budget', BUDGET.coreShare * 100),
        ],
      },
    );
  }
  if (churn) {
    const megabytes = (bytes: number): number => bytes / 1e6;
    charts.push({
      title: 'Memory while calls come and go, MB',
      xName: 'minutes',
      lines: [
        {
          name: 'resident',
          colour: BLUE,
          points: churn.samples.map(({ seconds, residentBytes }) => [seconds / 60, megabytes(residentBytes)]),
        },
        {
          name: 'heap in use',
          colour: GREEN,
          points: churn.samples.map(({ seconds, heapBytes }) => [seconds / 60, megabytes(heapBytes)]),
        },
      ],
    });
  }
  return svgOf(charts);
}
