import { Module } from '@nestjs/common';
import { WebSearchHostsRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { WebSearchController } from './web-search.controller.ts';

@Module({
  imports: [DatabaseModule.forFeature(WebSearchHostsRepository)],
  controllers: [WebSearchController],
})
export class WebSearchModule {}
