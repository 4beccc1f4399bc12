import { Module, type DynamicModule } from '@nestjs/common';
import { ApiKeyRepository, databaseResource, IdempotencyRepository } from '@tandem/database';
import { AccessModule, DatabaseModule, IdempotencyModule, type ServiceConfig } from '@tandem/platform';
import { AvailabilityModule } from './availability/availability.module.ts';
import { BookingsModule } from './bookings/bookings.module.ts';
import { CalendarsModule } from './calendars/calendars.module.ts';
import { CatalogueModule } from './catalogue/catalogue.module.ts';
import { ContactsModule } from './contacts/contacts.module.ts';
import { LeadsModule } from './leads/leads.module.ts';
import { StaffMessagesModule } from './staff-messages/staff-messages.module.ts';
import { MessagesModule } from './messages/messages.module.ts';

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
        AccessModule.forRoot('crm-api', ApiKeyRepository),
        IdempotencyModule.forRoot(IdempotencyRepository),
        ContactsModule,
        CatalogueModule,
        AvailabilityModule,
        BookingsModule,
        LeadsModule,
        StaffMessagesModule,
        MessagesModule,
        CalendarsModule,
      ],
    };
  }
}
