import { Module } from '@nestjs/common';
import { CallStore } from '@tandem/call-state';
import { CallStateModule } from '@tandem/platform';
import { DeadLettersController } from './dead-letters.controller.ts';
import { DeadLetters } from './dead-letters.service.ts';

@Module({
  imports: [CallStateModule.forFeature(CallStore)],
  controllers: [DeadLettersController],
  providers: [DeadLetters],
})
export class DeadLettersModule {}
