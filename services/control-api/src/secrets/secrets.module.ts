import { Module } from '@nestjs/common';
import { SecretRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { SecretsController } from './secrets.controller.ts';
import { Secrets } from './secrets.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(SecretRepository)],
  controllers: [SecretsController],
  providers: [Secrets],
})
export class SecretsModule {}
