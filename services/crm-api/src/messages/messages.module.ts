import { Module } from '@nestjs/common';
import { AgentDirectory, ContactRepository, MessageRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { MessagesController } from './messages.controller.ts';
import { MessagesService } from './messages.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(AgentDirectory, ContactRepository, MessageRepository)],
  controllers: [MessagesController],
  providers: [MessagesService],
})
export class MessagesModule {}
