import { Module } from '@nestjs/common';
import {
  ContactConsentRepository,
  ContactHistoryRepository,
  ContactImportRepository,
  ContactRepository,
} from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { ConsentsController } from './consents.controller.ts';
import { ConsentsService } from './consents.service.ts';
import { ContactImportController } from './import/contact-import.controller.ts';
import { ContactImportService } from './import/contact-import.service.ts';
import { ContactsCsvController } from './contacts-csv.controller.ts';
import { ContactsController } from './contacts.controller.ts';
import { ContactsService } from './contacts.service.ts';

@Module({
  imports: [
    DatabaseModule.forFeature(
      ContactRepository,
      ContactHistoryRepository,
      ContactConsentRepository,
      ContactImportRepository,
    ),
  ],
  controllers: [ContactImportController, ContactsController, ConsentsController, ContactsCsvController],
  providers: [ContactsService, ConsentsService, ContactImportService],
})
export class ContactsModule {}
