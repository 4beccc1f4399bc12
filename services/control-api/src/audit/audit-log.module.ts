import { Module } from '@nestjs/common';
import { AuditLogRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { AuditLogController } from './audit-log.controller.ts';

@Module({
  imports: [DatabaseModule.forFeature(AuditLogRepository)],
  controllers: [AuditLogController],
})
export class AuditLogModule {}
