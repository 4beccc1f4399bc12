import { Module } from '@nestjs/common';
import { ContactConsentRepository, ContactHistoryRepository, ContactRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { ConsentsController } from './consents.controller.ts';
import { ConsentsService } from './consents.service.ts';
import { ContactsController } from './contacts.controller.ts';
import { ContactsService } from './contacts.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(ContactRepository, ContactHistoryRepository, ContactConsentRepository)],
  controllers: [ContactsController, ConsentsController],
  providers: [ContactsService, ConsentsService],
})
export class ContactsModule {}
