import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { ApiKeyRepository, BookingRepository, CalendarRepository, CatalogueRepository, ContactRepository, IdempotencyRepository, type DataSource } from '@tandem/database';
import type { ServiceConfig } from '@tandem/platform';
import { AvailabilityController } from './availability/availability.controller.ts';
import { AvailabilityService } from './availability/availability.service.ts';
import { BookingsController } from './bookings/bookings.controller.ts';
import { BookingsService } from './bookings/bookings.service.ts';
import { ResourcesController } from './catalogue/resources.controller.ts';
import { ServicesController } from './catalogue/services.controller.ts';
import { ContactsController } from './contacts/contacts.controller.ts';
import { ContactsService } from './contacts/contacts.service.ts';
import { CrmMetrics } from './crm-metrics.ts';
import { DatabaseProblemInterceptor } from './http/database-problem.ts';
import { IdempotencySweeper } from './idempotency/idempotency-sweeper.ts';
import { IdempotentWrites } from './idempotency/idempotent-writes.service.ts';
import { Postgres } from './postgres.ts';

const repository = <Repository>(Class: Type<Repository> & (new (dataSource: DataSource) => Repository)): Provider => ({
  provide: Class,
  useFactory: (postgres: Postgres) => new Class(postgres.dataSource),
  inject: [Postgres],
});

/** The business: contacts, services, resources, availability and bookings of each tenant. */
@Module({})
export class CrmApiModule {
  static forRoot(_config: ServiceConfig<'crm-api'>): DynamicModule {
    return {
      module: CrmApiModule,
      controllers: [ContactsController, ServicesController, ResourcesController, AvailabilityController, BookingsController],
      providers: [
        CrmMetrics,
        DatabaseProblemInterceptor,
        Postgres,
        ...[ApiKeyRepository, BookingRepository, CalendarRepository, CatalogueRepository, ContactRepository, IdempotencyRepository].map((Class) => repository<object>(Class)),
        IdempotentWrites,
        IdempotencySweeper,
        AvailabilityService,
        BookingsService,
        ContactsService,
      ],
    };
  }
}
