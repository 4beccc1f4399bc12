import { Module } from '@nestjs/common';
import { ContactRepository, MessageRepository, NumberRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { MessagesController } from './messages.controller.ts';
import { MessagesService } from './messages.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(ContactRepository, MessageRepository, NumberRepository)],
  controllers: [MessagesController],
  providers: [MessagesService],
})
export class MessagesModule {}
