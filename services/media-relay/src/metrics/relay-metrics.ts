import { Inject, Injectable } from '@nestjs/common';
import type { CallLogCounters } from '@tandem/call-state';
import { Metrics } from '@tandem/platform';
import {
  COUNTERS,
  GAUGES,
  HISTOGRAMS,
  type Definition,
  type Definitions,
} from './relay-metric-definitions.ts';

const counter = <Label extends string>(
  metrics: Metrics,
  { name, help, labelNames = [] }: Definition<Label>,
) => metrics.counter<Label>({ name, help, labelNames });
const gauge = <Label extends string>(metrics: Metrics, { name, help, labelNames = [] }: Definition<Label>) =>
  metrics.gauge<Label>({ name, help, labelNames });
const histogram = <Label extends string>(
  metrics: Metrics,
  { name, help, labelNames = [], buckets = [] }: Definition<Label>,
) => metrics.histogram<Label>({ name, help, labelNames, buckets: [...buckets] });

type LabelsOf<Row> = Row extends { readonly labelNames: readonly (infer Label extends string)[] }
  ? Label
  : never;
type Counters = {
  readonly [Key in keyof typeof COUNTERS]: ReturnType<typeof counter<LabelsOf<(typeof COUNTERS)[Key]>>>;
};
type Gauges = {
  readonly [Key in keyof typeof GAUGES]: ReturnType<typeof gauge<LabelsOf<(typeof GAUGES)[Key]>>>;
};
type Histograms = {
  readonly [Key in keyof typeof HISTOGRAMS]: ReturnType<typeof histogram<LabelsOf<(typeof HISTOGRAMS)[Key]>>>;
};

/** Registers every row of a table. */
function register<Result>(
  metrics: Metrics,
  table: Definitions,
  create: (metrics: Metrics, definition: Definition) => unknown,
): Result {
  return Object.fromEntries(
    Object.entries(table).map(([key, definition]) => [key, create(metrics, definition)]),
  ) as Result;
}

/** The metrics of a relay. */
@Injectable()
export class RelayMetrics {
  readonly counters: Counters;
  readonly gauges: Gauges;
  readonly histograms: Histograms;

  constructor(@Inject(Metrics) private readonly metrics: Metrics) {
    this.counters = register(metrics, COUNTERS, counter);
    this.gauges = register(metrics, GAUGES, gauge);
    this.histograms = register(metrics, HISTOGRAMS, histogram);
  }

  /** Publishes the totals of event writing since the start. */
  updateEventLogCounters({ refilled, dropped }: CallLogCounters): void {
    this.gauges.refilledEvents.set(refilled);
    this.gauges.droppedEvents.set(dropped);
  }

  /** @param count read when scraped: sockets that have not shown a valid ticket yet */
  observeUnauthenticatedSockets(count: () => number): void {
    this.metrics.gauge({
      name: 'tandem_relay_unproved_sockets',
      help: 'Sockets without a valid ticket yet, or refused and not closed yet; bounded',
      collect() {
        this.set(count());
      },
    });
  }

  /** Adds the totals of a stream that has ended. */
  addStreamCounters(counters: Readonly<Record<string, number>>): void {
    for (const [what, value] of Object.entries(counters))
      if (value > 0) this.counters.streamTotals.inc({ what }, value);
  }
}
