import { Module } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { CRM_SECRETS_PURPOSE } from '@tandem/contracts';
import { CrmConnectionRepository, CrmDeliveryRepository } from '@tandem/database';
import { CONFIG, DatabaseModule, deriveKeys, Destinations, type ServiceConfig } from '@tandem/platform';
import { CrmConnectionsController } from './crm-connections.controller.ts';
import { CrmConnections, CRM_CREDENTIALS_SEALER } from './crm-connections.service.ts';

type Config = ServiceConfig<'control-api'>;

@Module({
  imports: [DatabaseModule.forFeature(CrmConnectionRepository, CrmDeliveryRepository)],
  controllers: [CrmConnectionsController],
  providers: [
    {
      provide: Destinations,
      useFactory: ({ trustedNetworks }: Config) => new Destinations(trustedNetworks),
      inject: [CONFIG],
    },
    {
      provide: CRM_CREDENTIALS_SEALER,
      useFactory: ({ secrets }: Config) => new Sealer(deriveKeys(secrets, CRM_SECRETS_PURPOSE)),
      inject: [CONFIG],
    },
    CrmConnections,
  ],
})
export class CrmConnectionsModule {}
