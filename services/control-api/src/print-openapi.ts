import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { loadServiceConfig, openApiDocument, PlatformModule } from '@tandem/platform';
import { ABOUT } from './control-api.ts';
import { ControlApiModule } from './control-api.module.ts';

/*
 * Prints the OpenAPI document without a database: a preview makes no provider. The client of the console is
 * generated from it.
 */
const config = loadServiceConfig('control-api', {
  TANDEM_SECRET: 'never used because nothing is started here',
  DATABASE_URL: 'postgres://127.0.0.1/preview',
  REDIS_URL: 'redis://127.0.0.1',
});
const root = {
  module: class Preview {},
  imports: [PlatformModule.forService('control-api', config), ControlApiModule.forRoot(config)],
};
const app = await NestFactory.create(root, { preview: true, logger: false, abortOnError: false });
process.stdout.write(JSON.stringify(await openApiDocument(app, ABOUT)), () => process.exit(0));
