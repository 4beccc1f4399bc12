import { Module, type DynamicModule } from '@nestjs/common';
import { CallStore, connectRedis, redisResource, Sealer } from '@tandem/call-state';
import { WEBHOOK_SECRETS_PURPOSE } from '@tandem/contracts';
import {
  BookingRepository,
  CallRepository,
  databaseResource,
  WebhookDeliveryRepository,
  WebhookEndpointRepository,
} from '@tandem/database';
import {
  deriveKeys,
  Destinations,
  managed,
  OutboundPoster,
  PostCallQueue,
  queueModule,
  type ServiceConfig,
} from '@tandem/platform';
import { CallRecordProcessor } from './call-record.processor.ts';
import { LostCallReaper } from './lost-call.reaper.ts';
import { PostCallMetrics } from './post-call-metrics.ts';
import { OutboxKeeper } from './webhooks/outbox-keeper.ts';
import { WebhookDelivery } from './webhooks/webhook-delivery.service.ts';

const REDIS = Symbol('REDIS');
const DATA_SOURCE = Symbol('DATA_SOURCE');

@Module({})
export class PostCallWorkerModule {
  static forRoot(config: ServiceConfig<'post-call-worker'>): DynamicModule {
    const redis = redisResource(config.redisUrl);
    const database = databaseResource({ url: config.databaseUrl, poolSize: config.databasePoolSize });
    return {
      module: PostCallWorkerModule,
      imports: [queueModule(connectRedis(config.redisUrl, 'worker'), ['post-call'])],
      providers: [
        ...managed(REDIS, redis, 'always'),
        ...managed(DATA_SOURCE, database, 'always'),
        {
          provide: CallStore,
          useValue: new CallStore(redis.value, new Sealer(deriveKeys(config.secrets, 'call-state'))),
        },
        { provide: BookingRepository, useValue: new BookingRepository(database.value) },
        { provide: CallRepository, useValue: new CallRepository(database.value) },
        { provide: WebhookDeliveryRepository, useValue: new WebhookDeliveryRepository(database.value) },
        { provide: WebhookEndpointRepository, useValue: new WebhookEndpointRepository(database.value) },
        { provide: Sealer, useValue: new Sealer(deriveKeys(config.secrets, WEBHOOK_SECRETS_PURPOSE)) },
        { provide: OutboundPoster, useValue: new OutboundPoster(new Destinations(config.trustedNetworks)) },
        PostCallQueue,
        PostCallMetrics,
        CallRecordProcessor,
        LostCallReaper,
        OutboxKeeper,
        WebhookDelivery,
      ],
    };
  }
}
