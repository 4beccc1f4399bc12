import { readFileSync } from 'node:fs';
import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
} from 'prom-client';
import { zoneRulesVersion } from './zone-rules.ts';

const { version: RELEASE } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

/** Histogram buckets for the time a caller waits, in seconds. */
export const LATENCY_BUCKETS_S = [0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1, 1.5, 2, 3, 5, 8, 15];

/**
 * The metrics of one process, in base units, without call ids. Each service declares its own in one file;
 * a name that is declared again returns the existing metric.
 */
export class Metrics {
  readonly registry = new Registry();

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
    this.gauge({
      name: 'tandem_build_info',
      help: 'Version of this release; always 1',
      labelNames: ['version', 'node'],
    }).set({ version: RELEASE, node: process.versions.node }, 1);
    this.gauge({
      name: 'tandem_time_zone_rules_info',
      help: 'Version of the IANA time zone database in use',
      labelNames: ['version'],
    }).set({ version: zoneRulesVersion() }, 1);
  }

  counter<Label extends string>(
    configuration: Omit<CounterConfiguration<Label>, 'registers'>,
  ): Counter<Label> {
    return (
      (this.registry.getSingleMetric(configuration.name) as Counter<Label> | undefined) ??
      new Counter({ ...configuration, registers: [this.registry] })
    );
  }

  gauge<Label extends string>(configuration: Omit<GaugeConfiguration<Label>, 'registers'>): Gauge<Label> {
    return (
      (this.registry.getSingleMetric(configuration.name) as Gauge<Label> | undefined) ??
      new Gauge({ ...configuration, registers: [this.registry] })
    );
  }

  histogram<Label extends string>(
    configuration: Omit<HistogramConfiguration<Label>, 'registers'>,
  ): Histogram<Label> {
    return (
      (this.registry.getSingleMetric(configuration.name) as Histogram<Label> | undefined) ??
      new Histogram({ ...configuration, registers: [this.registry] })
    );
  }
}
