import { Module } from '@nestjs/common';
import { MessageRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { MessagesController } from './messages.controller.ts';

@Module({
  imports: [DatabaseModule.forFeature(MessageRepository)],
  controllers: [MessagesController],
})
export class MessagesModule {}
