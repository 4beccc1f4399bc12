import { Inject, Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CallRecordStore, connectRedis, RelayInboxWriter, Sealer } from '@tandem/call-state';
import { SERVICE_TOKEN_LIFETIME_S, SERVICE_TOKEN_PURPOSE, serviceTokenSchema } from '@tandem/contracts';
import { deriveKeys, queueModule, Readiness, SignedTokens, type ServiceConfig } from '@tandem/platform';
import { CrmClient, verifyHandlers } from '@tandem/tools/handlers';
import type { Redis } from 'ioredis';
import { ToolCallProcessor } from './tool-call.processor.ts';
import { ToolReplyPublisher } from './tool-reply.publisher.ts';
import { ToolWorkerMetrics } from './tool-worker-metrics.ts';

const REDIS = Symbol('REDIS');

@Module({})
export class ToolWorkerModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {}

  /** @throws HandlersMismatched when a declared tool has no handler, or the other way round */
  static forRoot(config: ServiceConfig<'tool-worker'>): DynamicModule {
    verifyHandlers();
    const redis = connectRedis(config.redisUrl, 'command');
    const sealer = new Sealer(deriveKeys(config.secrets, 'call-state'));
    const tokens = new SignedTokens(config.secrets, SERVICE_TOKEN_PURPOSE, serviceTokenSchema);
    const crm = new CrmClient({
      baseUrl: config.crmApiUrl,
      authorize: ({ tenantId, callId }) => tokens.sign({ tenantId, callId }, { audience: 'crm-api', lifetimeS: SERVICE_TOKEN_LIFETIME_S }),
    });
    return {
      module: ToolWorkerModule,
      imports: [queueModule('worker', config.redisUrl, ['tool-calls'])],
      providers: [
        { provide: REDIS, useValue: redis },
        { provide: Sealer, useValue: sealer },
        { provide: CallRecordStore, useValue: new CallRecordStore(redis, sealer) },
        { provide: RelayInboxWriter, useValue: new RelayInboxWriter(redis, sealer) },
        { provide: CrmClient, useValue: crm },
        ToolWorkerMetrics,
        ToolReplyPublisher,
        ToolCallProcessor,
      ],
    };
  }

  onModuleInit(): void {
    this.readiness.register('redis', async () => ((await this.redis.ping()) === 'PONG' ? null : 'Redis does not answer'));
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}
