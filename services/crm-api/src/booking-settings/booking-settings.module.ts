import { Module } from '@nestjs/common';
import { BookingSettingsRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { BookingSettingsController } from './booking-settings.controller.ts';
import { BookingSettingsService } from './booking-settings.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(BookingSettingsRepository)],
  controllers: [BookingSettingsController],
  providers: [BookingSettingsService],
})
export class BookingSettingsModule {}
