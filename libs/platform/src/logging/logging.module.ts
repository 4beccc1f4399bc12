import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { scrub } from './scrub.ts';

/** JSON lines on stdout. Requests are logged without query and body; health checks and scrapes not at all. */
export function loggingModule(service: string, level: string): DynamicModule {
  return LoggerModule.forRoot({
    pinoHttp: {
      level,
      base: { service },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      hooks: { streamWrite: scrub },
      customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : response.statusCode >= 400 ? 'warn' : 'debug'),
      autoLogging: { ignore: (request) => /^\/(healthz|readyz|metrics)/.test(request.url ?? '') },
      quietReqLogger: true,
      serializers: {
        req: (request: IncomingMessage) => ({ method: request.method, path: request.url?.split('?')[0] }),
        res: (response: ServerResponse) => ({ status: response.statusCode }),
      },
    },
  });
}
