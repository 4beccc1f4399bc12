import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import type { Metrics } from '../telemetry/metrics.ts';
import { errorFields } from './error-fields.ts';
import { RequestLog } from './request-log.ts';
import { scrub } from './scrub.ts';

/**
 * Returns the module that logs JSON lines to stdout. Requests are logged by route, without query and body:
 * see {@link RequestLog}.
 * @param destination in place of stdout
 */
export function loggingModule(
  service: string,
  level: string,
  metrics: Metrics,
  destination?: DestinationStream,
): DynamicModule {
  const requests = new RequestLog(metrics);
  const options = {
    level,
    base: { service },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    hooks: { streamWrite: scrub },
    quietReqLogger: true,
    ...requests.options,
    serializers: { ...requests.options.serializers, err: errorFields },
  };
  return LoggerModule.forRoot({ pinoHttp: destination ? [options, destination] : options });
}
