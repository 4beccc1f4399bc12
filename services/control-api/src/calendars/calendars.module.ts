import { Module } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { CALENDAR_SECRETS_PURPOSE } from '@tandem/contracts';
import { CalendarConnectionRepository } from '@tandem/database';
import {
  CONFIG,
  DatabaseModule,
  deriveKeys,
  Destinations,
  OutboundClient,
  OutboundConnections,
  type ServiceConfig,
} from '@tandem/platform';
import { CalendarAuthorization } from './calendar-authorization.service.ts';
import { CALENDAR_SECRETS, CalendarConnections } from './calendar-connections.service.ts';
import { CalendarConnectionsController } from './calendar-connections.controller.ts';
import { OAuthCallbackController } from './oauth-callback.controller.ts';

type Config = ServiceConfig<'control-api'>;

/** Calendars outside of Tandem. */
@Module({
  imports: [DatabaseModule.forFeature(CalendarConnectionRepository)],
  controllers: [CalendarConnectionsController, OAuthCallbackController],
  providers: [
    {
      provide: Destinations,
      useFactory: ({ trustedNetworks }: Config) => new Destinations(trustedNetworks),
      inject: [CONFIG],
    },
    {
      provide: OutboundClient,
      useFactory: (destinations: Destinations) => new OutboundClient(new OutboundConnections(destinations)),
      inject: [Destinations],
    },
    {
      provide: CALENDAR_SECRETS,
      useFactory: ({ secrets }: Config) => new Sealer(deriveKeys(secrets, CALENDAR_SECRETS_PURPOSE)),
      inject: [CONFIG],
    },
    CalendarConnections,
    CalendarAuthorization,
  ],
})
export class CalendarsModule {}
