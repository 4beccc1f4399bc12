import { Inject, Injectable } from '@nestjs/common';
import type { AnalysisJob } from '@tandem/contracts';
import type { Queue } from 'bullmq';
import { QUEUE_SETTINGS } from './queue-options.ts';
import { queueToken } from './queue-tokens.ts';

/** Analyses asked for again come after those of fresh calls, whatever their place. */
const REPLAYS_FROM = 1_000_000;

/** Queues calls to be analysed. */
@Injectable()
export class AnalysisQueue {
  constructor(@Inject(queueToken('call-analysis')) private readonly queue: Queue<AnalysisJob>) {}

  /**
   * Adds a job for the analysis; a second one does nothing while the first is there.
   * @param place in the line of its tenant, from 1: the first ones of all tenants go first
   */
  async enqueue(job: AnalysisJob, { place, isReplay }: { place: number; isReplay: boolean }): Promise<void> {
    const jobId = `analysis_${job.analysisId}_${job.round}`;
    // BullMQ removes old failed jobs only when another one fails.
    const left = await this.queue.getJob(jobId);
    const keptMs = QUEUE_SETTINGS['call-analysis'].keepFailedS * 1_000;
    if (left?.failedReason !== undefined && (left.finishedOn ?? Infinity) < Date.now() - keptMs)
      await left.remove();
    await this.queue.add('analysis', job, { jobId, priority: (isReplay ? REPLAYS_FROM : 0) + place });
  }
}
