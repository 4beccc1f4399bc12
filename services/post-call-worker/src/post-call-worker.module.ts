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
  CallStateModule,
  DatabaseModule,
  deriveKeys,
  Destinations,
  OutboundPoster,
  PostCallQueue,
  queueGauges,
  queueModule,
  type ServiceConfig,
} from '@tandem/platform';
import { CallRecordProcessor } from './call-record.processor.ts';
import { LostCallReaper } from './lost-call.reaper.ts';
import { PostCallMetrics } from './post-call-metrics.ts';
import { OutboxMaintenance } from './webhooks/outbox-maintenance.ts';
import { WebhookDelivery } from './webhooks/webhook-delivery.service.ts';

/** One module, because Nest stops modules one after the other: here all parts finish concurrently. */
@Module({})
export class PostCallWorkerModule {
  static forRoot(config: ServiceConfig<'post-call-worker'>): DynamicModule {
    return {
      module: PostCallWorkerModule,
      imports: [
        queueModule(connectRedis(config.redisUrl, 'worker'), ['post-call']),
        CallStateModule.forRoot({
          redis: redisResource(config.redisUrl),
          weight: 'always',
          secrets: config.secrets,
          sealer: Sealer,
        }),
        CallStateModule.forFeature(CallStore),
        DatabaseModule.forRoot(
          databaseResource({ url: config.databaseUrl, poolSize: config.databasePoolSize }),
        ),
        DatabaseModule.forFeature(
          BookingRepository,
          CallRepository,
          WebhookDeliveryRepository,
          WebhookEndpointRepository,
        ),
      ],
      providers: [
        { provide: Sealer, useValue: new Sealer(deriveKeys(config.secrets, WEBHOOK_SECRETS_PURPOSE)) },
        { provide: OutboundPoster, useValue: new OutboundPoster(new Destinations(config.trustedNetworks)) },
        PostCallQueue,
        PostCallMetrics,
        queueGauges('post-call'),
        CallRecordProcessor,
        LostCallReaper,
        OutboxMaintenance,
        WebhookDelivery,
      ],
    };
  }
}
