import { Module } from '@nestjs/common';
import { RecordingRepository } from '@tandem/database';
import { CONFIG, DatabaseModule } from '@tandem/platform';
import { openVault } from '@tandem/recordings';
import { RecordingsController } from './recordings.controller.ts';
import { RecordingArchive, VAULT } from './recordings.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(RecordingRepository)],
  controllers: [RecordingsController],
  providers: [{ provide: VAULT, useFactory: openVault, inject: [CONFIG] }, RecordingArchive],
})
export class RecordingsModule {}
