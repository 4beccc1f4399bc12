import type { Bench } from '../bench/bench.ts';
import type { TandemFleetOptions } from '../bench/tandem-fleet.ts';
import type { RunView } from '../history/run-view.ts';

/** A limit for a measured figure, named as in the table of reliability goals. */
export interface Goal {
  /** R1. */
  readonly id: string;
  readonly what: string;
  readonly unit: '%' | 'ms' | 's' | '';
  readonly limit: { readonly atLeast: number } | { readonly atMost: number };
  /** Returns the figure from the history, over all rounds; NaN when there was nothing to measure. */
  readonly figure: (run: RunView) => number;
}

/**
 * A fault while callers talk, and the goals that must hold. `round` applies the fault and records what it
 * does; the goals are checked afterwards on the history.
 */
export interface Scenario {
  /** Name for `--only`: the first of its goals. */
  readonly name: string;
  readonly about: string;
  readonly goals: readonly Goal[];
  readonly fleet: TandemFleetOptions;
  /** Calls and rounds of a full run; `--calls` and `--rounds` change them. */
  readonly calls: number;
  readonly rounds: number;
  /** The fault, which ends by itself; scenarios that have one are part of the short run in `npm test`. */
  readonly fault?: (bench: Bench) => Promise<void>;
  /** Whether an ordinary relay runs the scenario too, for comparison. */
  readonly isForPlain: boolean;
  readonly round: (bench: Bench) => Promise<void>;
}

/**
 * Returns the scenario with two call-ingress and the relays behind the edge as it is deployed; its rows stand
 * beside the direct ones.
 */
export function throughEdge(scenario: Scenario): Scenario {
  const { name, about, fleet } = scenario;
  const ingresses = Math.max(2, fleet.replicas?.['call-ingress'] ?? 1);
  return {
    ...scenario,
    name: `${name}-edge`,
    about: `${about}, through the edge`,
    isForPlain: false,
    fleet: { ...fleet, replicas: { ...fleet.replicas, 'call-ingress': ingresses }, hasEdge: true },
  };
}
