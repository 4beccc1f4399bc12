import { Module } from '@nestjs/common';
import { BookingRepository, MessageRepository, WaitingListRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { BookingsModule } from '../bookings/bookings.module.ts';
import { WaitingListController } from './waiting-list.controller.ts';
import { WaitingListMetrics } from './waiting-list-metrics.ts';
import { WaitingListService } from './waiting-list.service.ts';
import { WaitingListSweep } from './waiting-list-sweep.ts';
import { WaitingOffers } from './waiting-offers.service.ts';

@Module({
  imports: [
    DatabaseModule.forFeature(BookingRepository, MessageRepository, WaitingListRepository),
    BookingsModule,
  ],
  controllers: [WaitingListController],
  providers: [WaitingListMetrics, WaitingListService, WaitingOffers, WaitingListSweep],
})
export class WaitingListModule {}
