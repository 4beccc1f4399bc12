import { Module } from '@nestjs/common';
import { LocationRepository, ZoneRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { LocationsController } from './locations.controller.ts';
import { LocationsService } from './locations.service.ts';
import { ZonesController } from './zones.controller.ts';
import { ZonesService } from './zones.service.ts';

/** The places of a tenant, and the areas its resources go to. */
@Module({
  imports: [DatabaseModule.forFeature(LocationRepository, ZoneRepository)],
  controllers: [LocationsController, ZonesController],
  providers: [LocationsService, ZonesService],
})
export class ZonesModule {}
