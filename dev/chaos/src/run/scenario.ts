import type { Bench } from '../bench/bench.ts';
import type { TandemFleetOptions } from '../bench/tandem-fleet.ts';
import type { RunView } from '../history/run-view.ts';

/** A figure to be reached, named as in the table of reliability goals. */
export interface Goal {
  /** R1. */
  readonly id: string;
  readonly what: string;
  readonly unit: '%' | 'ms' | 's' | '';
  readonly limit: { readonly atLeast: number } | { readonly atMost: number };
  /** From what was recorded alone, over all rounds. NaN when nothing was there to be measured. */
  readonly figure: (run: RunView) => number;
}

/**
 * Something that goes wrong while people talk, and what must come of it. `round` breaks things and writes
 * down what it does; whether the goals are reached is decided afterwards from the history.
 */
export interface Scenario {
  /** What `--only` takes: the first of the goals it is for. */
  readonly name: string;
  readonly about: string;
  readonly goals: readonly Goal[];
  readonly fleet: TandemFleetOptions;
  /** Of a full run; `--calls` and `--rounds` change them. */
  readonly calls: number;
  readonly rounds: number;
  /**
   * What goes wrong and is mended again, by itself; those that have it are part of the one short run inside
   * `npm test`.
   */
  readonly fault?: (bench: Bench) => Promise<void>;
  /** Whether a relay of the ordinary kind is put through the same, for comparison. */
  readonly isForPlain: boolean;
  readonly round: (bench: Bench) => Promise<void>;
}

/**
 * The same with two call-ingress behind a balancer that honours readiness, as rows of their own beside the
 * direct ones.
 */
export function throughBalancer(scenario: Scenario): Scenario {
  const { name, about, fleet } = scenario;
  const ingresses = Math.max(2, fleet.replicas?.['call-ingress'] ?? 1);
  return {
    ...scenario,
    name: `${name}-balancer`,
    about: `${about}, through a balancer`,
    isForPlain: false,
    fleet: {
      ...fleet,
      replicas: { ...fleet.replicas, 'call-ingress': ingresses },
      isFrontedByReadiness: true,
    },
  };
}
