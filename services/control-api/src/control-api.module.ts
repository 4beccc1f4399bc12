import { Module, type DynamicModule } from '@nestjs/common';
import { ApiKeyRepository, CallRepository, databaseResource } from '@tandem/database';
import { API_KEYS, managed, TOKEN_AUDIENCE, type ServiceConfig } from '@tandem/platform';
import { CallsController } from './calls/calls.controller.ts';

const DATA_SOURCE = Symbol('DATA_SOURCE');

/** The operators' door. */
@Module({})
export class ControlApiModule {
  static forRoot(config: ServiceConfig<'control-api'>): DynamicModule {
    const database = databaseResource({ url: config.databaseUrl, poolSize: config.databasePoolSize });
    return {
      module: ControlApiModule,
      controllers: [CallsController],
      providers: [
        ...managed(DATA_SOURCE, database),
        { provide: API_KEYS, useValue: new ApiKeyRepository(database.value) },
        { provide: TOKEN_AUDIENCE, useValue: 'control-api' },
        { provide: CallRepository, useValue: new CallRepository(database.value) },
      ],
    };
  }
}
