import { Module } from '@nestjs/common';
import { ClosedDateRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { ClosedDatesController } from './closed-dates.controller.ts';
import { ClosedDatesService } from './closed-dates.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(ClosedDateRepository)],
  controllers: [ClosedDatesController],
  providers: [ClosedDatesService],
})
export class ClosedDatesModule {}
