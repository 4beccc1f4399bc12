import { Module } from '@nestjs/common';
import { RecordingRepository } from '@tandem/database';
import { CONFIG, DatabaseModule } from '@tandem/platform';
import { openVault } from '@tandem/recordings';
import { PeaksController } from './peaks.controller.ts';
import { RecordingsController } from './recordings.controller.ts';
import { RecordingArchive, VAULT } from './recordings.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(RecordingRepository)],
  controllers: [PeaksController, RecordingsController],
  providers: [{ provide: VAULT, useFactory: openVault, inject: [CONFIG] }, RecordingArchive],
})
export class RecordingsModule {}
