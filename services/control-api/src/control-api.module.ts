import { Module, type DynamicModule } from '@nestjs/common';
import { CallRecordStore, redisResource, RelayInboxWriter, Sealer } from '@tandem/call-state';
import { ApiKeyRepository, CallRepository, databaseResource } from '@tandem/database';
import { API_KEYS, deriveKeys, managed, TOKEN_AUDIENCE, type ServiceConfig } from '@tandem/platform';
import { CallCommandsController } from './calls/call-commands.controller.ts';
import { CallCommands } from './calls/call-commands.service.ts';
import { CallsController } from './calls/calls.controller.ts';

const DATA_SOURCE = Symbol('DATA_SOURCE');
const REDIS = Symbol('REDIS');

/** The operators' door. */
@Module({})
export class ControlApiModule {
  static forRoot(config: ServiceConfig<'control-api'>): DynamicModule {
    const database = databaseResource({ url: config.databaseUrl, poolSize: config.databasePoolSize });
    const redis = redisResource(config.redisUrl);
    const sealer = new Sealer(deriveKeys(config.secrets, 'call-state'));
    return {
      module: ControlApiModule,
      controllers: [CallsController, CallCommandsController],
      providers: [
        ...managed(DATA_SOURCE, database),
        ...managed(REDIS, redis),
        { provide: CallRecordStore, useValue: new CallRecordStore(redis.value, sealer) },
        { provide: RelayInboxWriter, useValue: new RelayInboxWriter(redis.value, sealer) },
        CallCommands,
        { provide: API_KEYS, useValue: new ApiKeyRepository(database.value) },
        { provide: TOKEN_AUDIENCE, useValue: 'control-api' },
        { provide: CallRepository, useValue: new CallRepository(database.value) },
      ],
    };
  }
}
