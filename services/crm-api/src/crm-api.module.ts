import { Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { redisResource, RequestRates, Sealer } from '@tandem/call-state';
import {
  ApiKeyRepository,
  AuditLogRepository,
  databaseResource,
  IdempotencyRepository,
} from '@tandem/database';
import {
  AccessModule,
  AuditModule,
  CallStateModule,
  DatabaseModule,
  IdempotencyModule,
  TenantTurns,
  type ServiceConfig,
} from '@tandem/platform';
import { ACTS } from './audit/acts.ts';
import { AvailabilityModule } from './availability/availability.module.ts';
import { BookingsModule } from './bookings/bookings.module.ts';
import { BookingSettingsModule } from './booking-settings/booking-settings.module.ts';
import { CalendarsModule } from './calendars/calendars.module.ts';
import { CatalogueModule } from './catalogue/catalogue.module.ts';
import { ContactsModule } from './contacts/contacts.module.ts';
import { LeadsModule } from './leads/leads.module.ts';
import { StaffMessagesModule } from './staff-messages/staff-messages.module.ts';
import { ZonesModule } from './zones/zones.module.ts';
import { MessagesModule } from './messages/messages.module.ts';
import { WaitingListModule } from './waiting-list/waiting-list.module.ts';

/** The business of each tenant: contacts, services, resources, availability, bookings, leads and messages. */
@Module({})
export class CrmApiModule {
  static forRoot(config: ServiceConfig<'crm-api'>): DynamicModule {
    return {
      module: CrmApiModule,
      imports: [
        DatabaseModule.forRoot(
          databaseResource({ url: config.databaseUrl, poolSize: config.databasePoolSize }),
        ),
        CallStateModule.forRoot({
          redis: redisResource(config.redisUrl),
          weight: 'never',
          secrets: config.secrets,
          sealer: Sealer,
        }),
        AccessModule.forRoot('crm-api', ApiKeyRepository, RequestRates),
        IdempotencyModule.forRoot(IdempotencyRepository),
        AuditModule.forRoot(AuditLogRepository, ACTS),
        ContactsModule,
        CatalogueModule,
        AvailabilityModule,
        BookingsModule,
        LeadsModule,
        StaffMessagesModule,
        MessagesModule,
        ZonesModule,
        BookingSettingsModule,
        WaitingListModule,
        CalendarsModule,
      ],
      providers: [{ provide: APP_INTERCEPTOR, useClass: TenantTurns }],
    };
  }
}
