import { Module } from '@nestjs/common';
import { StaffMessageRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { StaffMessagesController } from './staff-messages.controller.ts';
import { StaffMessagesService } from './staff-messages.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(StaffMessageRepository)],
  controllers: [StaffMessagesController],
  providers: [StaffMessagesService],
})
export class StaffMessagesModule {}
