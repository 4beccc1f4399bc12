import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import {
  ApiKeyRepository,
  BookingRepository,
  CalendarRepository,
  CatalogueRepository,
  ContactRepository,
  databaseResource,
  IdempotencyRepository,
  type DataSource,
} from '@tandem/database';
import {
  API_KEYS,
  idempotencyProviders,
  managed,
  TOKEN_AUDIENCE,
  type ServiceConfig,
} from '@tandem/platform';
import { AvailabilityController } from './availability/availability.controller.ts';
import { AvailabilityService } from './availability/availability.service.ts';
import { BookingsController } from './bookings/bookings.controller.ts';
import { BookingsService } from './bookings/bookings.service.ts';
import { ResourcesController } from './catalogue/resources.controller.ts';
import { ServicesController } from './catalogue/services.controller.ts';
import { ContactsController } from './contacts/contacts.controller.ts';
import { ContactsService } from './contacts/contacts.service.ts';
import { CrmMetrics } from './crm-metrics.ts';

const DATA_SOURCE = Symbol('DATA_SOURCE');

/** The business: contacts, services, resources, availability and bookings of each tenant. */
@Module({})
export class CrmApiModule {
  static forRoot(config: ServiceConfig<'crm-api'>): DynamicModule {
    const database = databaseResource({ url: config.databaseUrl, poolSize: config.databasePoolSize });
    const repository = <Repository>(
      Class: Type<Repository> & (new (dataSource: DataSource) => Repository),
    ): Provider => ({ provide: Class, useValue: new Class(database.value) });
    return {
      module: CrmApiModule,
      controllers: [
        ContactsController,
        ServicesController,
        ResourcesController,
        AvailabilityController,
        BookingsController,
      ],
      providers: [
        ...managed(DATA_SOURCE, database, 'always'),
        { provide: API_KEYS, useValue: new ApiKeyRepository(database.value) },
        { provide: TOKEN_AUDIENCE, useValue: 'crm-api' },
        CrmMetrics,
        ...[BookingRepository, CalendarRepository, CatalogueRepository, ContactRepository].map((Class) =>
          repository<object>(Class),
        ),
        ...idempotencyProviders(new IdempotencyRepository(database.value)),
        AvailabilityService,
        BookingsService,
        ContactsService,
      ],
    };
  }
}
