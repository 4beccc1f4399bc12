import { Module } from '@nestjs/common';
import { ContactRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { ContactsController } from './contacts.controller.ts';
import { ContactsService } from './contacts.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(ContactRepository)],
  controllers: [ContactsController],
  providers: [ContactsService],
})
export class ContactsModule {}
