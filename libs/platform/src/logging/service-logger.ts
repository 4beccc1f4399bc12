import { Logger as PinoLogger } from 'nestjs-pino';

/** The loggers of Nest that report modules, routes and gateways at the start. */
const BOOT_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'WebSocketsController',
]);

/**
 * Logs what Nest reports at the start at debug, so that the log of a start holds only the lines of the
 * service.
 */
export class ServiceLogger extends PinoLogger {
  override log(message: unknown, ...parameters: unknown[]): void {
    if (BOOT_CONTEXTS.has(String(parameters.at(-1)))) this.debug(message, ...parameters);
    else super.log(message, ...parameters);
  }
}
