import { Module } from '@nestjs/common';
import { CallAnnotationRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { AnnotationsController } from './annotations.controller.ts';
import { AnnotationsService } from './annotations.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(CallAnnotationRepository)],
  controllers: [AnnotationsController],
  providers: [AnnotationsService],
  exports: [AnnotationsService],
})
export class AnnotationsModule {}
