import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { AliveController, HealthController } from '../health/health.controller.ts';
import { Health } from '../health/health.ts';
import { ManagementServer } from '../health/management-server.ts';
import { Readiness } from '../health/readiness.ts';
import { ProblemFilter } from '../http/problem.filter.ts';
import { ValidationPipe } from '../http/validation.pipe.ts';
import { loggingModule } from '../logging/logging.module.ts';
import { ServiceLogger } from '../logging/service-logger.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { CONFIG } from './tokens.ts';

/**
 * The parts every service has: configuration, logs, health, metrics, problem+json, and validation of
 * arguments that declare a schema.
 */
@Module({})
export class PlatformModule {
  static forService(
    service: string,
    config: { logLevel: string; managementPort?: number | undefined },
  ): DynamicModule {
    const metrics = new Metrics(service);
    return {
      module: PlatformModule,
      global: true,
      imports: [loggingModule(service, config.logLevel, metrics)],
      controllers:
        config.managementPort === undefined ? [AliveController, HealthController] : [AliveController],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: Metrics, useValue: metrics },
        { provide: Readiness, useValue: new Readiness() },
        ServiceLogger,
        Health,
        ManagementServer,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useValue: new ValidationPipe() },
      ],
      exports: [CONFIG, Metrics, Readiness],
    };
  }
}
