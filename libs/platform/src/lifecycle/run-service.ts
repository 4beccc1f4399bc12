import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { Logger, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DependencyUnsuitable } from '@tandem/contracts';
import helmet from 'helmet';
import { ConfigurationFault } from '../config/load-config.ts';
import {
  ignoredVariables,
  loadServiceConfig,
  type ServiceConfig,
  type ServiceName,
} from '../config/services.ts';
import { ManagementServer } from '../health/management-server.ts';
import { Readiness } from '../health/readiness.ts';
import { BoundedExpressAdapter } from '../http/bounded-express-adapter.ts';
import { ServiceLogger } from '../logging/service-logger.ts';
import { startTracing } from '../telemetry/tracing.ts';
import { areZoneRulesOutdated, ZONE_RULES, zoneRulesVersion } from '../telemetry/zone-rules.ts';
import { nodeProblem } from './node-version.ts';
import { PlatformModule } from './platform.module.ts';

/** EX_CONFIG of sysexits.h, so that an orchestrator can tell a wrong setting from a crash. */
const EXIT_CONFIGURATION = 78;

export interface RunOptions<Name extends ServiceName> {
  readonly module: (config: ServiceConfig<Name>) => DynamicModule;
  /** Sets up adapters and documentation pages before the port opens. */
  readonly prepare?: (app: NestExpressApplication, config: ServiceConfig<Name>) => unknown;
}

/**
 * Runs a service as a process: configuration, start, and an orderly stop on SIGTERM, Ctrl-C or a lost parent.
 */
export async function runService<Name extends ServiceName>(
  name: Name,
  options: RunOptions<Name>,
): Promise<void> {
  const unsupported = nodeProblem();
  if (unsupported !== null) {
    process.stderr.write(`${name} cannot start: ${unsupported}.\n`);
    process.exit(EXIT_CONFIGURATION);
  }
  try {
    const config = loadServiceConfig(name);
    const app = await startService(name, config, options);
    stopWithParent();
    const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
    const { port: managementPort } = app.get(ManagementServer);
    const logger = new Logger('Service');
    for (const variable of ignoredVariables(name))
      logger.warn(
        { variable },
        'a port is the address of a service, as Kubernetes sets it beside a Service of that name: it is ' +
          'ignored; see enableServiceLinks',
      );
    if (areZoneRulesOutdated())
      logger.warn(
        { version: zoneRulesVersion(), tested: ZONE_RULES },
        'time zone rules are older than those of this release: local times may be an hour off; see ' +
          'docs/operation.md',
      );
    logger.log({ port, managementPort }, 'listening');
    process.send?.({ kind: 'listening', port, ...(managementPort === undefined ? {} : { managementPort }) });
  } catch (error) {
    const isSetting = error instanceof ConfigurationFault || error instanceof DependencyUnsuitable;
    process.stderr.write(`${faultText(name, error)}\n`);
    process.exit(isSetting ? EXIT_CONFIGURATION : 1);
  }
}

function faultText(name: ServiceName, error: unknown): string {
  if (error instanceof ConfigurationFault) return error.message;
  if (error instanceof DependencyUnsuitable) return `${name} cannot start: ${error.message}.`;
  return (
    `${name} could not start: ` + `${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  );
}

/** Starts a service in this process; tests do so with port 0. */
export async function startService<Name extends ServiceName>(
  name: Name,
  config: ServiceConfig<Name>,
  options: RunOptions<Name>,
): Promise<NestExpressApplication> {
  const settings = config as {
    host: string;
    port: number;
    managementHost?: string;
    managementPort?: number;
    logLevel: string;
    otlpEndpoint?: string;
  };
  const stopTracing = await startTracing(name, settings.otlpEndpoint);
  const root: DynamicModule = {
    module: class ServiceRoot {},
    imports: [PlatformModule.forService(name, settings), options.module(config)],
  };
  const app = await NestFactory.create<NestExpressApplication>(root, new BoundedExpressAdapter(), {
    bufferLogs: true,
    bodyParser: false,
    abortOnError: false,
  });
  app.useLogger(app.get(ServiceLogger));
  app.useBodyParser('json', { limit: '256kb' });
  app.useBodyParser('urlencoded', { extended: false, limit: '64kb', parameterLimit: 500 });
  // A page served over plain http, as in a local network, must not make the browser load its scripts over
  // https.
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.disable('x-powered-by');
  app.set('trust proxy', false);
  await options.prepare?.(app, config);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  const readiness = app.get(Readiness);
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => readiness.stop());
  await app.listen(settings.port, settings.host);
  if (settings.managementPort !== undefined)
    await app.get(ManagementServer).listen(settings.managementPort, settings.managementHost ?? settings.host);
  process.once('exit', () => void stopTracing());
  return app;
}

/** Stops the service when its supervisor dies, which closes the IPC channel. */
function stopWithParent(): void {
  if (process.send) process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
