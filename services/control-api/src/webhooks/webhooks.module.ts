import { Module } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { WEBHOOK_SECRETS_PURPOSE } from '@tandem/contracts';
import { NumberRepository, WebhookDeliveryRepository, WebhookEndpointRepository } from '@tandem/database';
import { CONFIG, DatabaseModule, deriveKeys, Destinations, type ServiceConfig } from '@tandem/platform';
import { WebhookEndpointsController } from './webhook-endpoints.controller.ts';
import { WebhookEndpoints, WEBHOOK_SECRETS } from './webhook-endpoints.service.ts';

type Config = ServiceConfig<'control-api'>;

@Module({
  imports: [
    DatabaseModule.forFeature(NumberRepository, WebhookDeliveryRepository, WebhookEndpointRepository),
  ],
  controllers: [WebhookEndpointsController],
  providers: [
    {
      provide: Destinations,
      useFactory: ({ trustedNetworks }: Config) => new Destinations(trustedNetworks),
      inject: [CONFIG],
    },
    {
      provide: WEBHOOK_SECRETS,
      useFactory: ({ secrets }: Config) => new Sealer(deriveKeys(secrets, WEBHOOK_SECRETS_PURPOSE)),
      inject: [CONFIG],
    },
    WebhookEndpoints,
  ],
})
export class WebhooksModule {}
