import { Module, type DynamicModule } from '@nestjs/common';
import { CallRecordStore, redisResource, Sealer } from '@tandem/call-state';
import { CallRepository, databaseResource } from '@tandem/database';
import { deriveKeys, managed, PostCallQueue, queueModule, type ServiceConfig } from '@tandem/platform';
import { CallRecordProcessor } from './call-record.processor.ts';
import { LostCallReaper } from './lost-call.reaper.ts';
import { PostCallMetrics } from './post-call-metrics.ts';

const REDIS = Symbol('REDIS');
const DATA_SOURCE = Symbol('DATA_SOURCE');

@Module({})
export class PostCallWorkerModule {
  static forRoot(config: ServiceConfig<'post-call-worker'>): DynamicModule {
    const redis = redisResource(config.redisUrl);
    const database = databaseResource({ url: config.databaseUrl, poolSize: config.databasePoolSize });
    return {
      module: PostCallWorkerModule,
      imports: [queueModule('worker', config.redisUrl, ['post-call'])],
      providers: [
        ...managed(REDIS, redis),
        ...managed(DATA_SOURCE, database),
        { provide: CallRecordStore, useValue: new CallRecordStore(redis.value, new Sealer(deriveKeys(config.secrets, 'call-state'))) },
        { provide: CallRepository, useValue: new CallRepository(database.value) },
        PostCallQueue,
        PostCallMetrics,
        CallRecordProcessor,
        LostCallReaper,
      ],
    };
  }
}
