import { Injectable } from '@nestjs/common';
import { LATENCY_BUCKETS_S, Metrics } from '@tandem/platform';

/** The metrics of tool-worker. */
@Injectable()
export class ToolWorkerMetrics {
  readonly ran;
  readonly duration;
  readonly stalled;
  readonly deferred;
  readonly limited;

  constructor(metrics: Metrics) {
    this.ran = metrics.counter({
      name: 'tandem_tools_run_total',
      help: 'Tool calls run, by outcome',
      labelNames: ['tool', 'status'],
    });
    this.duration = metrics.histogram({
      name: 'tandem_tool_duration_seconds',
      help: 'Time a tool call took in the worker',
      labelNames: ['tool'],
      buckets: LATENCY_BUCKETS_S,
    });
    this.deferred = metrics.counter({
      name: 'tandem_tools_deferred_total',
      help: 'Times a tool call waited because its tenant held its share of a worker',
    });
    this.limited = metrics.counter({
      name: 'tandem_tools_limited_total',
      help: 'Tool calls refused because a limit of the policy was reached',
      labelNames: ['tool', 'limit'],
    });
    this.stalled = metrics.counter({
      name: 'tandem_tools_stalled_total',
      help: 'Tool jobs that run again because their worker was lost',
    });
  }
}
