import { Processor } from '@nestjs/bullmq';
import { Inject, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CallStore } from '@tandem/call-state';
import { postCallJobSchema, type CallId, type TenantId } from '@tandem/contracts';
import { BookingRepository, CallRepository, type CallRecord } from '@tandem/database';
import {
  CONFIG,
  Metrics,
  Readiness,
  RestingProcessor,
  workerSettings,
  type ServiceConfig,
} from '@tandem/platform';
import { DelayedError, UnrecoverableError, type Job } from 'bullmq';
import { foldCall } from './fold-call.ts';
import { LateResults } from './late-results/late-results.service.ts';
import { PostCallMetrics } from './post-call-metrics.ts';

/** How soon a call is looked at again whose tools are still at work. */
const TOOLS_PAUSE_MS = 2_000;

/** Folds the event log of a call and stores the record in one transaction; a repetition changes nothing. */
@Processor('post-call', workerSettings('post-call'))
export class CallRecordProcessor extends RestingProcessor implements OnApplicationBootstrap {
  protected readonly logger = new Logger(CallRecordProcessor.name);

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'post-call-worker'>,
    private readonly store: CallStore,
    private readonly calls: CallRepository,
    private readonly bookings: BookingRepository,
    private readonly late: LateResults,
    private readonly metrics: PostCallMetrics,
    readiness: Readiness,
    processMetrics: Metrics,
  ) {
    super('post-call', readiness, processMetrics);
  }

  onApplicationBootstrap(): void {
    this.worker.concurrency = this.config.postCallConcurrency;
    this.worker.on('failed', (job, error) =>
      this.logger.warn(
        {
          err: error,
          callId: (job?.data as { callId?: string } | undefined)?.callId,
          attempt: job?.attemptsMade,
        },
        'call not stored; trying again',
      ),
    );
  }

  protected override async work(job: Job<unknown>, token?: string): Promise<{ outcome: string }> {
    const parsed = postCallJobSchema.safeParse(job.data);
    if (!parsed.success)
      throw new UnrecoverableError(
        'The job is not a post-call job. It was put in by something else, or by a version that does not fit.',
      );
    const { callId, tenantId, startedAt } = parsed.data;
    const events = await this.read(callId);
    if (startedAt !== undefined) return this.reportStart(callId, tenantId, new Date(startedAt), events);
    const late = await this.late.find(events.events);
    const record = await this.fold(callId, tenantId, {
      ...events,
      events: [...events.events, ...late.events],
    });
    if (!record) {
      this.metrics.recorded.inc({ outcome: 'nothing-known' });
      this.logger.warn({ callId }, 'no events left of this call; nothing stored');
      await this.store.release(callId);
      return { outcome: 'nothing-known' };
    }
    const outcome = await this.calls.record(record);
    await this.late.send(tenantId, callId, events.events, late);
    if (late.isAwaiting) {
      await job.moveToDelayed(Date.now() + TOOLS_PAUSE_MS, token);
      throw new DelayedError('Tools of the call are still at work.');
    }
    if (record.endedAt) await this.store.persisted(callId);
    this.metrics.recorded.inc({ outcome });
    const { termination, disposition } = record;
    this.logger.log(
      { callId, tenantId, outcome, termination: termination?.reason, disposition: disposition?.outcome },
      recordedMessage(job.id),
    );
    return { outcome };
  }

  /** The log may not have the beginning of the stream yet, so the job says when that was. */
  private async reportStart(
    callId: CallId,
    tenantId: TenantId,
    answeredAt: Date,
    events: CallEvents,
  ): Promise<{ outcome: string }> {
    const record = await this.fold(callId, tenantId, events);
    if (!record) return { outcome: 'nothing-known' };
    await this.calls.reportStart({ ...record, answeredAt: record.answeredAt ?? answeredAt });
    return { outcome: 'start-reported' };
  }

  private async read(callId: CallId): Promise<CallEvents> {
    const found = await this.store.events(callId);
    const { unreadable } = found;
    if (unreadable > 0) {
      this.metrics.unreadableEvents.inc(unreadable);
      this.logger.warn(
        { callId, unreadable },
        'call events unreadable: sealed with an unknown key, or damaged',
      );
    }
    return found;
  }

  private async fold(
    callId: CallId,
    tenantId: TenantId,
    { events, unreadable, omitted }: CallEvents,
  ): Promise<CallRecord | null> {
    const bookings = await this.bookings.ofCall(tenantId, callId);
    const record = foldCall(callId, tenantId, events, { bookings, unread: unreadable + omitted });
    if (record && record.missingEvents > 0)
      this.logger.warn(
        { callId, missingEvents: record.missingEvents },
        'call record incomplete: event log full or unreadable in parts',
      );
    return record;
  }
}

type CallEvents = Awaited<ReturnType<CallStore['events']>>;

/** Returns the log message: a report of the carrier after the end completes a stored record. */
function recordedMessage(jobId: string | undefined): string {
  return jobId?.endsWith('_carrier-completed')
    ? 'call record completed by the carrier’s report'
    : 'call recorded';
}
