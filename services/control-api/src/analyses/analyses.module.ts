import { Module } from '@nestjs/common';
import { AnalysisRepository, AnalysisRunRepository } from '@tandem/database';
import { DatabaseModule } from '@tandem/platform';
import { AnalysesCsvController } from './analyses-csv.controller.ts';
import { AnalysisRunsController } from './analysis-runs.controller.ts';
import { AnalysisRuns } from './analysis-runs.service.ts';

@Module({
  imports: [DatabaseModule.forFeature(AnalysisRepository, AnalysisRunRepository)],
  controllers: [AnalysesCsvController, AnalysisRunsController],
  providers: [AnalysisRuns],
})
export class AnalysesModule {}
