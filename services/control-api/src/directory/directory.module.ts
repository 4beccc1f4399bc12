import { Module } from '@nestjs/common';
import { DepartmentRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { DepartmentsController } from './departments.controller.ts';
import { DepartmentsService } from './departments.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(DepartmentRepository)],
  controllers: [DepartmentsController],
  providers: [DepartmentsService],
})
export class DirectoryModule {}
