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
import { carrierFor, CARRIER_ADAPTERS, type CarrierAdapters } from '../admission/carrier-adapter.ts';
import { CallRecovery } from '../admission/call-recovery.ts';
import { IngressMetrics } from '../ingress-metrics.ts';

const LOOK_MS = 250;
const BATCH = 200;
/** Beyond the lease itself: a relay that stood still for a moment renews in this time. */
const PATIENCE_MS = 500;
/** Of the others, with a call one of them is bringing over. */
const OTHERS_WAIT_MS = 5_000;
/**
 * Right after Redis was away, relays need a moment to come back and renew: their reconnection and one
 * heartbeat.
 */
const CONTACT_MS = 4_000;
/** At a carrier that does not answer. */
const ATTEMPTS = 3;
const RETRY_MS = 1_000;

/**
 * Looks for calls whose relay has fallen silent without its stream breaking (stopped, hung, cut off): the
 * carrier notices nothing and would ask nobody. They are pulled over to another relay by changing the running
 * call. Runs in every replica; each call is rescued by one.
 */
@Injectable()
export class CallRescue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(CallRescue.name);
  private readonly rounds = new RecurringTask(
    LOOK_MS,
    () => this.checkSilentCalls(),
    new FaultLog(this.logger, 'look for calls of silent relays'),
  );

  constructor(
    @Inject(CARRIER_ADAPTERS) private readonly doors: CarrierAdapters,
    @Inject(CallStore) private readonly records: CallStore,
    @Inject(CallRecovery) private readonly reAttachment: CallRecovery,
    @Inject(IngressMetrics) private readonly metrics: IngressMetrics,
  ) {}

  onApplicationBootstrap(): void {
    if (!Object.values(this.doors).some(({ canRedirectLiveCall }) => canRedirectLiveCall))
      return this.logger.warn(
        'calls of relays that fall silent are not rescued: TWILIO_ACCOUNT_SID is not set',
      );
    this.rounds.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  private async checkSilentCalls(): Promise<void> {
    const silent = await this.records.silentCalls(PATIENCE_MS, CONTACT_MS, BATCH);
    await Promise.all(silent.map((callId) => this.rescue(callId)));
  }

  private async rescue(callId: CallId): Promise<void> {
    const record = await this.records.record(callId);
    if (!record || !carrierFor(this.doors, record).canRedirectLiveCall) return;
    const epoch = await this.records.takeRescue(callId, PATIENCE_MS, OTHERS_WAIT_MS);
    if (epoch === null) return;
    const { tenantId, carrierCallId } = record;
    const claims = { callId, tenantId, carrierCallId, epoch };
    this.logger.warn({ callId, epoch }, 'the relay of a call has fallen silent: pulling the call over');
    try {
      const answer = await this.reAttachment.redirectLiveCall(claims);
      const outcome = answer === null ? 'moved-meanwhile' : await this.redirectLiveCall(record, answer);
      this.metrics.rescues.inc({ outcome });
      if (outcome === 'gone') await this.reAttachment.callerGone(claims);
    } catch (error) {
      this.metrics.rescues.inc({ outcome: 'failed' });
      this.logger.error(
        { err: error, callId },
        'a call could not be pulled over: the carrier does not answer',
      );
    }
  }

  /** The offer stands by now, so it is the same answer each time. @throws after the last attempt */
  private async redirectLiveCall(record: AdmissionRecord, answer: string): Promise<'done' | 'gone'> {
    const door = carrierFor(this.doors, record);
    for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
      try {
        return await door.redirectLiveCall(record, answer);
      } catch {
        await sleep(RETRY_MS);
      }
    }
    return door.redirectLiveCall(record, answer);
  }
}
