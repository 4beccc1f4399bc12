import { Module } from '@nestjs/common';
import { NumberRepository, OpeningHoursRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { NumbersController } from './numbers.controller.ts';
import { NumbersService } from './numbers.service.ts';
import { OpeningHoursController } from './opening-hours.controller.ts';
import { OpeningHoursService } from './opening-hours.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(NumberRepository, OpeningHoursRepository)],
  controllers: [NumbersController, OpeningHoursController],
  providers: [NumbersService, OpeningHoursService],
})
export class NumbersModule {}
