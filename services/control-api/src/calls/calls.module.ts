import { Module } from '@nestjs/common';
import { CallStore, RelayInboxWriter, WaitingLine } from '@tandem/call-state';
import { AnalysisRepository, CallRepository } from '@tandem/database';
import { CallStateModule, DatabaseModule } from '@tandem/platform';
import { CallCommandsController } from './call-commands.controller.ts';
import { CallCommands } from './call-commands.service.ts';
import { CallsController } from './calls.controller.ts';
import { CallsService } from './calls.service.ts';
import { LiveCallsController } from './live-calls.controller.ts';
import { LiveCallsService } from './live-calls.service.ts';
import { WaitingCallsController } from './waiting-calls.controller.ts';

@Module({
  imports: [
    DatabaseModule.forFeature(AnalysisRepository, CallRepository),
    CallStateModule.forFeature(CallStore, RelayInboxWriter, WaitingLine),
  ],
  controllers: [CallCommandsController, CallsController, LiveCallsController, WaitingCallsController],
  providers: [CallCommands, CallsService, LiveCallsService],
  exports: [CallsService],
})
export class CallsModule {}
