import { Module } from '@nestjs/common';
import { VoiceTokensController } from './voice-tokens.controller.ts';
import { VoiceTokensService } from './voice-tokens.service.ts';

@Module({ controllers: [VoiceTokensController], providers: [VoiceTokensService] })
export class VoiceTokensModule {}
