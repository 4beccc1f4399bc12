import { Logger as PinoLogger } from 'nestjs-pino';

/** Who tells of modules, routes and gateways while a service starts. */
const BOOT_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'WebSocketsController',
]);

/**
 * What Nest says while it starts is told at debug, so that the log of a start is what the service itself
 * says.
 */
export class ServiceLogger extends PinoLogger {
  override log(message: unknown, ...parameters: unknown[]): void {
    if (BOOT_CONTEXTS.has(String(parameters.at(-1)))) this.debug(message, ...parameters);
    else super.log(message, ...parameters);
  }
}
