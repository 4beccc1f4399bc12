import { Module } from '@nestjs/common';
import { SpendingRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { SpendingController } from './spending.controller.ts';
import { SpendingService } from './spending.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(SpendingRepository)],
  controllers: [SpendingController],
  providers: [SpendingService],
})
export class SpendingModule {}
