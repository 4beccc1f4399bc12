import { Inject, Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CallRecordStore, connectRedis, Sealer } from '@tandem/call-state';
import { CallRepository, createDataSource, databaseProblem, keepConnecting, type DataSource } from '@tandem/database';
import { deriveKeys, PostCallQueue, queueModule, Readiness, type ServiceConfig } from '@tandem/platform';
import type { Redis } from 'ioredis';
import { CallRecordProcessor } from './call-record.processor.ts';
import { LostCallReaper } from './lost-call.reaper.ts';
import { PostCallMetrics } from './post-call-metrics.ts';

const REDIS = Symbol('REDIS');
const DATA_SOURCE = Symbol('DATA_SOURCE');

@Module({})
export class PostCallWorkerModule implements OnModuleInit, OnApplicationShutdown {
  private readonly stopping = new AbortController();

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {}

  static forRoot(config: ServiceConfig<'post-call-worker'>): DynamicModule {
    const redis = connectRedis(config.redisUrl, 'command');
    const dataSource = createDataSource({ url: config.databaseUrl, poolSize: config.databasePoolSize });
    return {
      module: PostCallWorkerModule,
      imports: [queueModule('worker', config.redisUrl, ['post-call'])],
      providers: [
        { provide: REDIS, useValue: redis },
        { provide: DATA_SOURCE, useValue: dataSource },
        { provide: CallRecordStore, useValue: new CallRecordStore(redis, new Sealer(deriveKeys(config.secrets, 'call-state'))) },
        { provide: CallRepository, useValue: new CallRepository(dataSource) },
        PostCallQueue,
        PostCallMetrics,
        CallRecordProcessor,
        LostCallReaper,
      ],
    };
  }

  onModuleInit(): void {
    this.readiness.register('redis', async () => ((await this.redis.ping()) === 'PONG' ? null : 'Redis does not answer'));
    this.readiness.register('database', () => databaseProblem(this.dataSource));
    void keepConnecting(this.dataSource, { signal: this.stopping.signal });
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.redis.disconnect();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
