import { Module } from '@nestjs/common';
import { AgentRepository, DepartmentRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { AgentsController } from './agents.controller.ts';
import { AgentsService } from './agents.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(AgentRepository, DepartmentRepository)],
  controllers: [AgentsController],
  providers: [AgentsService],
})
export class AgentsModule {}
