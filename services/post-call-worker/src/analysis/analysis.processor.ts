import { Processor } from '@nestjs/bullmq';
import { Inject, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { analysisJobSchema, ProviderError } from '@tandem/contracts';
import {
  CONFIG,
  Metrics,
  Readiness,
  RestingProcessor,
  workerSettings,
  type ServiceConfig,
} from '@tandem/platform';
import { UnrecoverableError, type Job } from 'bullmq';
import { CallAnalysisService } from './call-analysis.service.ts';

/** Has calls analysed that are over; a repetition changes nothing. */
@Processor('call-analysis', workerSettings('call-analysis'))
export class AnalysisProcessor extends RestingProcessor implements OnApplicationBootstrap {
  protected readonly logger = new Logger(AnalysisProcessor.name);
  private readonly stopping = new AbortController();

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'post-call-worker'>,
    private readonly analyses: CallAnalysisService,
    readiness: Readiness,
    processMetrics: Metrics,
  ) {
    super('call-analysis', readiness, processMetrics);
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.config.analysisConcurrency;
    this.worker.on('failed', (job, error) =>
      this.logger.warn(
        {
          err: error,
          analysisId: (job?.data as { analysisId?: string } | undefined)?.analysisId,
          attempt: job?.attemptsMade,
        },
        'call not analysed; trying again',
      ),
    );
  }

  /** An analysis under way is given up, and its job runs again elsewhere. */
  override async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(
      new ProviderError('The worker is stopping; the call is analysed by another one.', {
        provider: 'worker',
        code: 'stopping',
        category: 'connectivity',
      }),
    );
    await super.beforeApplicationShutdown();
  }

  /** An error that repeats until somebody changes the settings, or at the last attempt, ends the analysis. */
  protected override async work(job: Job<unknown>): Promise<void> {
    const parsed = analysisJobSchema.safeParse(job.data);
    if (!parsed.success)
      throw new UnrecoverableError(
        'The job is none of an analysis. It was put in by something else, or by a version that does not fit.',
      );
    try {
      await this.analyses.analyse(parsed.data, this.stopping.signal);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const isLast = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
      if (error.retryable && !(isLast && !this.stopping.signal.aborted)) throw error;
      await this.analyses.fail(
        parsed.data,
        error.retryable ? 'model-unavailable' : `model-${error.category}`,
      );
    }
  }
}
