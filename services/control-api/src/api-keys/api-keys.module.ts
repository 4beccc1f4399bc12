import { Module } from '@nestjs/common';
import { ApiKeyRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { ApiKeysController } from './api-keys.controller.ts';
import { ApiKeysService } from './api-keys.service.ts';
import { SealedKeys } from './sealed-keys.ts';

@Module({
  imports: [DatabaseModule.forFeature(ApiKeyRepository)],
  controllers: [ApiKeysController],
  providers: [ApiKeysService, SealedKeys],
  exports: [SealedKeys],
})
export class ApiKeysModule {}
