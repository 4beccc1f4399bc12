import { Module } from '@nestjs/common';
import { AgentRepository, DepartmentRepository, SecretRepository } from '@tandem/database';
import { CONFIG, DatabaseModule, Destinations, type ServiceConfig } from '@tandem/platform';
import { FrozenTools } from '../mcp/frozen-tools.ts';
import { McpListings } from '../mcp/mcp-listings.ts';
import { AgentsController } from './agents.controller.ts';
import { AgentsService } from './agents.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(AgentRepository, DepartmentRepository, SecretRepository)],
  controllers: [AgentsController],
  providers: [
    {
      provide: Destinations,
      useFactory: ({ trustedNetworks }: ServiceConfig<'control-api'>) => new Destinations(trustedNetworks),
      inject: [CONFIG],
    },
    McpListings,
    FrozenTools,
    AgentsService,
  ],
})
export class AgentsModule {}
