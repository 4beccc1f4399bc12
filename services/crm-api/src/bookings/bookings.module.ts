import { Module } from '@nestjs/common';
import { BookingRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { AvailabilityModule } from '../availability/availability.module.ts';
import { BookingMetrics } from './booking-metrics.ts';
import { BookingsCsvController } from './bookings-csv.controller.ts';
import { BookingsController } from './bookings.controller.ts';
import { BookingsService } from './bookings.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(BookingRepository), AvailabilityModule],
  controllers: [BookingsController, BookingsCsvController],
  providers: [BookingMetrics, BookingsService],
})
export class BookingsModule {}
