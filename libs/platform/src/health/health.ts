import { Injectable } from '@nestjs/common';
import { PROBLEM_TYPE_BASE, type ProblemDetails } from '../http/problem.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { Readiness, type ReadinessReport } from './readiness.ts';

export interface HealthResponse {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * The health of a process: /healthz says that it responds; /readyz whether it takes work, with the state of
 * its dependencies; /metrics.
 */
@Injectable()
export class Health {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {
    metrics.gauge({
      name: 'tandem_ready',
      help: '1 while this process is ready for work, else 0',
      async collect() {
        this.set((await readiness.report()).isReady ? 1 : 0);
      },
    });
    metrics.gauge({
      name: 'tandem_check_ok',
      help: '1 while a check passes, else 0; not every check affects readiness',
      labelNames: ['check'],
      async collect() {
        for (const [check, { status }] of Object.entries((await readiness.report()).checks))
          this.set({ check }, status === 'up' ? 1 : 0);
      },
    });
  }

  alive(): HealthResponse {
    return { status: 200, type: JSON_TYPE, body: JSON.stringify({ status: 'ok' }) };
  }

  async ready(): Promise<HealthResponse> {
    const report = await this.readiness.report();
    if (report.isReady)
      return { status: 200, type: JSON_TYPE, body: JSON.stringify({ status: 'ok', checks: report.checks }) };
    return {
      status: 503,
      type: 'application/problem+json; charset=utf-8',
      body: JSON.stringify(notReady(report)),
    };
  }

  async scrape(): Promise<HealthResponse> {
    return {
      status: 200,
      type: this.metrics.registry.contentType,
      body: await this.metrics.registry.metrics(),
    };
  }
}

function notReady({ checks }: ReadinessReport): ProblemDetails {
  const wrong = Object.entries(checks).flatMap(([name, { message }]) =>
    message ? [`${name}: ${message}`] : [],
  );
  return {
    type: `${PROBLEM_TYPE_BASE}not-ready`,
    title: 'Not ready',
    status: 503,
    detail: wrong.join('; '),
    code: 'not-ready',
    checks,
  };
}
