import { Inject, Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CallRecordStore, connectRedis, RelayRegistry, Sealer } from '@tandem/call-state';
import { AgentDirectory, CallRepository, createDataSource, databaseProblem, keepConnecting, type DataSource } from '@tandem/database';
import { deriveKeys, PostCallQueue, queueModule, Readiness, type ServiceConfig } from '@tandem/platform';
import type { Redis } from 'ioredis';
import { CallAdmission } from './admission/call-admission.service.ts';
import { StreamOffers } from './admission/stream-offer.ts';
import { IngressMetrics } from './ingress-metrics.ts';
import { PublicBaseUrl } from './public-base-url.ts';
import { DATA_SOURCE, REDIS } from './tokens.ts';
import { CallStatusController } from './twilio/call-status.controller.ts';
import { CallbackTokens } from './twilio/callback-tokens.ts';
import { StreamEndedController } from './twilio/stream-ended.controller.ts';
import { VoiceWebhookController } from './twilio/voice-webhook.controller.ts';

@Module({})
export class CallIngressModule implements OnModuleInit, OnApplicationShutdown {
  private readonly stopping = new AbortController();

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {}

  static forRoot(config: ServiceConfig<'call-ingress'>): DynamicModule {
    const redis = connectRedis(config.redisUrl, 'command');
    const dataSource = createDataSource({ url: config.databaseUrl, poolSize: config.databasePoolSize });
    return {
      module: CallIngressModule,
      imports: [queueModule('producer', config.redisUrl, ['post-call'])],
      controllers: [VoiceWebhookController, StreamEndedController, CallStatusController],
      providers: [
        { provide: REDIS, useValue: redis },
        { provide: DATA_SOURCE, useValue: dataSource },
        { provide: CallRecordStore, useValue: new CallRecordStore(redis, new Sealer(deriveKeys(config.secrets, 'call-state'))) },
        { provide: RelayRegistry, useValue: new RelayRegistry(redis) },
        { provide: AgentDirectory, useValue: new AgentDirectory(dataSource) },
        { provide: CallRepository, useValue: new CallRepository(dataSource) },
        PostCallQueue,
        PublicBaseUrl,
        IngressMetrics,
        CallbackTokens,
        StreamOffers,
        CallAdmission,
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
