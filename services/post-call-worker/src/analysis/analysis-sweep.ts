import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AnalysisRepository } from '@tandem/database';
import { AnalysisQueue, FaultLog, RecurringTask } from '@tandem/platform';

const INTERVAL_MS = 1_000;
const TAKE = {
  limit: 200,
  /** Jobs of a tenant in the queue: enough for several workers, and few enough that all tenants get on. */
  perTenant: 40,
  /** How long a job gets before its analysis is queued again, which does nothing while the job is there. */
  againMs: 60_000,
};

/** Puts analyses into the queue that wait for their job or have lost it. It runs in every replica. */
@Injectable()
export class AnalysisSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AnalysisSweep.name);
  private readonly task = new RecurringTask(
    INTERVAL_MS,
    () => this.sweep(),
    new FaultLog(this.logger, 'look for calls to analyse'),
  );

  constructor(
    private readonly analyses: AnalysisRepository,
    private readonly queue: AnalysisQueue,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async sweep(): Promise<void> {
    for (const { tenantId, analysisId, round, place, isReplay } of await this.analyses.due(TAKE))
      await this.queue.enqueue({ tenantId, analysisId, round }, { place, isReplay });
  }
}
