import { Module } from '@nestjs/common';
import { CalendarFeedRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { CalendarFeeds } from './calendar-feeds.service.ts';
import { CalendarFeedsController } from './calendar-feeds.controller.ts';
import { CalendarFileController } from './calendar-file.controller.ts';
import { FeedTokens } from './feed-tokens.ts';

/** The bookings of resources as calendars that others read. */
@Module({
  imports: [DatabaseModule.forFeature(CalendarFeedRepository)],
  controllers: [CalendarFeedsController, CalendarFileController],
  providers: [CalendarFeeds, FeedTokens],
})
export class CalendarsModule {}
