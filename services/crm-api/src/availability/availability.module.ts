import { Module } from '@nestjs/common';
import { CalendarRepository, ZoneRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { AvailabilityController } from './availability.controller.ts';
import { AvailabilityService } from './availability.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(CalendarRepository, ZoneRepository)],
  controllers: [AvailabilityController],
  providers: [AvailabilityService],
  exports: [AvailabilityService],
})
export class AvailabilityModule {}
