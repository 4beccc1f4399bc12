import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CallHandovers, CallStore, type AdmissionRecord } from '@tandem/call-state';
import type { CallId } from '@tandem/contracts';
import { FaultLog, RecurringTask } from '@tandem/platform';
import { carrierFor, CARRIER_ADAPTERS, type CarrierAdapters } from '../ports/carrier-adapter.ts';
import type { StreamRef } from '../ports/stream-ref.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';
import { CallEndings } from './call-endings.ts';
import { CallRecovery } from './call-recovery.ts';

const INTERVAL_MS = 250;
const BATCH = 200;
/** Grace after the lease: a relay that stalled for a moment renews in this time. */
const GRACE_MS = 500;
/** How long other replicas leave a call alone that one of them rescues: longer than all requests for it. */
const CLAIM_MS = 15_000;
/** Redis must be reachable this long first: relays need to reconnect and send one heartbeat. */
const REDIS_UPTIME_MS = 4_000;
/** Attempts where the carrier does not answer, with growing pauses: about half a minute in all. */
const LIMITS = { overForMs: GRACE_MS, othersWaitMs: CLAIM_MS, mostAttempts: 8 };
const RETRY_MS = 1_000;

/**
 * Redirects live calls whose relay hangs with the stream open (stopped, stalled, cut off): the carrier
 * notices nothing and asks nothing. Runs in every replica; each attempt is made by one, and one that failed
 * is taken up by any.
 */
@Injectable()
export class CallRescue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(CallRescue.name);
  private readonly task = new RecurringTask(
    INTERVAL_MS,
    () => this.checkSilentCalls(),
    new FaultLog(this.logger, 'rescue of calls of silent relays'),
  );

  constructor(
    @Inject(CARRIER_ADAPTERS) private readonly carriers: CarrierAdapters,
    private readonly calls: CallStore,
    private readonly handovers: CallHandovers,
    private readonly recovery: CallRecovery,
    private readonly endings: CallEndings,
    private readonly metrics: IngressMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async checkSilentCalls(): Promise<void> {
    const [silent, unfinished] = await Promise.all([
      this.calls.silentCalls(GRACE_MS, REDIS_UPTIME_MS, BATCH),
      this.handovers.unfinishedRescues(BATCH),
    ]);
    await Promise.all([...new Set([...silent, ...unfinished])].map((callId) => this.rescue(callId)));
  }

  private async rescue(callId: CallId): Promise<void> {
    const record = await this.calls.record(callId);
    if (!record) return this.handovers.endRescue(callId);
    if (!carrierFor(this.carriers, record).canRedirectLiveCall(record)) return;
    const claim = await this.handovers.claimRescue(callId, LIMITS);
    if (claim === null) return;
    const { epoch, attempt } = claim;
    const { tenantId, carrierCallId } = record;
    this.logger.warn({ callId, epoch, attempt }, 'relay lease expired; redirecting live call');
    try {
      await this.redirect(record, { callId, tenantId, carrierCallId, epoch }, attempt);
    } catch (error) {
      const isLast = attempt === LIMITS.mostAttempts;
      this.metrics.rescues.inc({ outcome: isLast ? 'failed' : 'put-off' });
      this.logger.error({ err: error, callId, attempt }, 'live call not redirected: carrier does not answer');
      await this.handovers.putOffRescue(callId, attempt * RETRY_MS);
    }
  }

  private async redirect(record: AdmissionRecord, stream: StreamRef, attempt: number): Promise<void> {
    const instruction = await this.recovery.onRelaySilent(stream, attempt > 1);
    const outcome = instruction
      ? await carrierFor(this.carriers, record).redirectLiveCall(record, instruction)
      : 'moved-meanwhile';
    await this.handovers.endRescue(stream.callId);
    this.metrics.rescues.inc({ outcome });
    if (outcome === 'gone') await this.endings.endAbandoned(stream);
  }
}
