import { Module } from '@nestjs/common';
import {
  LeaveRepository,
  LocationRepository,
  ResourceRepository,
  ServiceRepository,
  ZoneRepository,
} from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { LeaveController } from './leave.controller.ts';
import { LeaveService } from './leave.service.ts';
import { ResourcesController } from './resources.controller.ts';
import { ResourcesService } from './resources.service.ts';
import { ServicesCsvController } from './services-csv.controller.ts';
import { ServicesController } from './services.controller.ts';
import { ServicesService } from './services.service.ts';

/** The services of a tenant, the resources that do them, and their leave. */
@Module({
  imports: [
    DatabaseModule.forFeature(ServiceRepository, ResourceRepository, LeaveRepository),
    DatabaseModule.forFeature(LocationRepository, ZoneRepository),
  ],
  controllers: [ServicesController, ServicesCsvController, ResourcesController, LeaveController],
  providers: [ServicesService, ResourcesService, LeaveService],
})
export class CatalogueModule {}
