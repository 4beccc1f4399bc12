import { Module } from '@nestjs/common';
import { LeadRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { LeadsCsvController } from './leads-csv.controller.ts';
import { LeadsController } from './leads.controller.ts';
import { LeadsService } from './leads.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(LeadRepository)],
  controllers: [LeadsController, LeadsCsvController],
  providers: [LeadsService],
})
export class LeadsModule {}
