import { svgOf, type Line } from '@tandem/commands/chart';
import { absenceMs, type Loss } from '../history/loss.ts';
import type { RunView } from '../history/run-view.ts';

/** Runs of the plotted scenarios; `ordinary` is the killed ordinary relay. */
interface PlottedRuns {
  readonly killed: RunView;
  readonly frozen: RunView;
  readonly drained: RunView;
  readonly ordinary: RunView;
}

const SECONDS = 6;

/** Returns the plot of the share of struck callers who have their agent again, over time. */
export function absencePlot({ killed, frozen, drained, ordinary }: PlottedRuns): string {
  const back = ({ backMs }: Loss) => backMs;
  return svgOf([
    {
      title: 'Struck callers who have their agent again, %',
      xName: 'seconds without the agent',
      lines: [
        line('drained', '#1a7f37', drained.losses('drain').map(absenceMs)),
        line('killed', '#1f6feb', killed.losses('kill').map(back)),
        line('frozen', '#8250df', frozen.losses('freeze').map(back)),
        line('ordinary', '#bc4c00', ordinary.losses('kill').map(back)),
      ],
    },
  ]);
}

function line(name: string, colour: string, absences: readonly (number | null)[]): Line {
  const sorted = absences.flatMap((ms) => ms ?? []).sort((a, b) => a - b);
  const steps = sorted.flatMap((ms, index): [number, number][] => [
    [ms / 1000, (index / absences.length) * 100],
    [ms / 1000, ((index + 1) / absences.length) * 100],
  ]);
  return {
    name,
    colour,
    points: [
      [0, 0],
      ...steps.filter(([seconds]) => seconds <= SECONDS),
      [SECONDS, (sorted.filter((ms) => ms / 1000 <= SECONDS).length / absences.length) * 100],
    ],
  };
}
