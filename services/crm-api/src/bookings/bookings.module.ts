import { Module } from '@nestjs/common';
import { BookingNoticeRepository, BookingRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { AvailabilityModule } from '../availability/availability.module.ts';
import { BookingMetrics } from './booking-metrics.ts';
import { BookingsCsvController } from './bookings-csv.controller.ts';
import { BookingTimes } from './booking-times.ts';
import { BookingsController } from './bookings.controller.ts';
import { BookingsService } from './bookings.service.ts';
import { SeriesService } from './series/series.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(BookingRepository, BookingNoticeRepository), AvailabilityModule],
  controllers: [BookingsController, BookingsCsvController],
  providers: [BookingMetrics, BookingTimes, BookingsService, SeriesService],
  exports: [BookingTimes],
})
export class BookingsModule {}
