import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CallStore, type AdmissionRecord } from '@tandem/call-state';
import type { CallId } from '@tandem/contracts';
import { FaultLog, RecurringTask } from '@tandem/platform';
import { carrierFor, CARRIER_ADAPTERS, type CarrierAdapters } from '../ports/carrier-adapter.ts';
import type { CarrierInstruction } from '../ports/carrier-instruction.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';
import { CallEndings } from './call-endings.ts';
import { CallRecovery } from './call-recovery.ts';

const INTERVAL_MS = 250;
const BATCH = 200;
/** Grace after the lease: a relay that stalled for a moment renews in this time. */
const GRACE_MS = 500;
/** How long other replicas leave a call alone that one of them rescues. */
const CLAIM_MS = 5_000;
/** Redis must be reachable this long first: relays need to reconnect and send one heartbeat. */
const REDIS_UPTIME_MS = 4_000;
/** Requests to a carrier that does not answer. */
const ATTEMPTS = 3;
const RETRY_MS = 1_000;

/**
 * Redirects live calls whose relay hangs with the stream open (stopped, stalled, cut off): the carrier
 * notices nothing and asks nothing. Runs in every replica; each call is rescued by one.
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
    private readonly recovery: CallRecovery,
    private readonly endings: CallEndings,
    private readonly metrics: IngressMetrics,
  ) {}

  onApplicationBootstrap(): void {
    if (Object.values(this.carriers).some(({ canRedirectLiveCall }) => canRedirectLiveCall))
      this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async checkSilentCalls(): Promise<void> {
    const silent = await this.calls.silentCalls(GRACE_MS, REDIS_UPTIME_MS, BATCH);
    await Promise.all(silent.map((callId) => this.rescue(callId)));
  }

  private async rescue(callId: CallId): Promise<void> {
    const record = await this.calls.record(callId);
    if (!record || !carrierFor(this.carriers, record).canRedirectLiveCall) return;
    const epoch = await this.calls.claimRescue(callId, GRACE_MS, CLAIM_MS);
    if (epoch === null) return;
    const { tenantId, carrierCallId } = record;
    const stream = { callId, tenantId, carrierCallId, epoch };
    this.logger.warn({ callId, epoch }, 'relay lease expired; redirecting live call');
    try {
      const instruction = await this.recovery.onRelaySilent(stream);
      const outcome = instruction ? await this.redirect(record, instruction) : 'moved-meanwhile';
      this.metrics.rescues.inc({ outcome });
      if (outcome === 'gone') await this.endings.endAbandoned(stream);
    } catch (error) {
      this.metrics.rescues.inc({ outcome: 'failed' });
      this.logger.error({ err: error, callId }, 'live call not redirected: carrier does not answer');
    }
  }

  /** Repeats the same instruction: the offer it holds is recorded. @throws after the last attempt */
  private async redirect(record: AdmissionRecord, instruction: CarrierInstruction): Promise<'done' | 'gone'> {
    const carrier = carrierFor(this.carriers, record);
    for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
      try {
        return await carrier.redirectLiveCall(record, instruction);
      } catch {
        await sleep(RETRY_MS);
      }
    }
    return carrier.redirectLiveCall(record, instruction);
  }
}
