import { Module } from '@nestjs/common';
import { CallStore, RunningLog } from '@tandem/call-state';
import { CallRepository, TimelineRepository } from '@tandem/database';
import { CallStateModule, DatabaseModule } from '@tandem/platform';
import { AnnotationsModule } from '../annotations/annotations.module.ts';
import { CallsModule } from '../calls/calls.module.ts';
import { CallExportController } from './call-export.controller.ts';
import { CallExport } from './call-export.service.ts';
import { TimelineController } from './timeline.controller.ts';
import { TimelineService } from './timeline.service.ts';

@Module({
  imports: [
    AnnotationsModule,
    CallsModule,
    CallStateModule.forFeature(CallStore, RunningLog),
    DatabaseModule.forFeature(CallRepository, TimelineRepository),
  ],
  controllers: [CallExportController, TimelineController],
  providers: [CallExport, TimelineService],
})
export class TimelineModule {}
