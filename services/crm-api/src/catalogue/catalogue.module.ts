import { Module } from '@nestjs/common';
import { CatalogueRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { CatalogueService } from './catalogue.service.ts';
import { ResourcesController } from './resources.controller.ts';
import { ServicesController } from './services.controller.ts';

@Module({
  imports: [DatabaseModule.forFeature(CatalogueRepository)],
  controllers: [ServicesController, ResourcesController],
  providers: [CatalogueService],
})
export class CatalogueModule {}
