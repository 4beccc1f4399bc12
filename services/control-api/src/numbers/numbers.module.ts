import { Module } from '@nestjs/common';
import { NumberRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { NumbersController } from './numbers.controller.ts';
import { NumbersService } from './numbers.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(NumberRepository)],
  controllers: [NumbersController],
  providers: [NumbersService],
})
export class NumbersModule {}
