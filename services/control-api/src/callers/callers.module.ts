import { Module } from '@nestjs/common';
import { BlockedCallerRepository, CallerGroupRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { BlockedCallersController } from './blocked-callers.controller.ts';
import { BlockedCallersService } from './blocked-callers.service.ts';
import { CallerGroupsController } from './caller-groups.controller.ts';
import { CallerGroupsService } from './caller-groups.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(BlockedCallerRepository, CallerGroupRepository)],
  controllers: [BlockedCallersController, CallerGroupsController],
  providers: [BlockedCallersService, CallerGroupsService],
})
export class CallersModule {}
