import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  CallStore,
  RELAY_LEASE_MS,
  RedisCallLog,
  Sealer,
  type AdmissionRecord,
  type CallLogCounters,
  type CallLogOptions,
  type Spent,
} from '@tandem/call-state';
import type { NewCallEvent } from '@tandem/contracts';
import { RealClock, type CallLog } from '@tandem/conversation';
import { CONFIG, REDIS, type ServiceConfig } from '@tandem/platform';
import type { Redis } from 'ioredis';
import { CountingLog } from '../metrics/counting-log.ts';
import { RelayMetrics } from '../metrics/relay-metrics.ts';
import { thresholdsCrossed } from './budget-thresholds.ts';
import type { ClaimedCall } from './claimed-call.ts';
import { withWarnings } from './with-warnings.ts';

export interface OpenedLog {
  /** Writes to Redis. */
  readonly redisLog: RedisCallLog;
  /** The log the call appends to: counts events and warns the operator, then passes them to `redisLog`. */
  readonly log: CallLog;
}

/** Opens the event logs of calls. */
@Injectable()
export class CallLogs {
  private readonly logger = new Logger(CallLogs.name);
  private readonly counters: CallLogCounters = { stored: 0, dropped: 0, failures: 0, refilled: 0 };

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(CallStore) private readonly store: CallStore,
    @Inject(Sealer) private readonly sealer: Sealer,
    @Inject(RelayMetrics) private readonly metrics: RelayMetrics,
    @Inject(RealClock) private readonly clock: RealClock,
  ) {}

  /** @param onFenced called when Redis refuses an event because another relay owns the call */
  open(claimed: ClaimedCall, onFenced: () => void): OpenedLog {
    const { callId, tenantId } = claimed.record;
    const fields = { callId, legId: claimed.legId, tenantId, relayId: this.config.relayId };
    const redisLog = this.openRedisLog(claimed, (event) => log.append(event), onFenced);
    const log = withWarnings(new CountingLog(redisLog, this.metrics), (details, message) =>
      this.logger.warn({ ...fields, ...details }, message),
    );
    return { redisLog, log };
  }

  /** Publishes the totals of all logs since the start. */
  publishCounters(): void {
    this.metrics.updateEventLogCounters(this.counters);
  }

  private openRedisLog(
    { record, epoch, lastSeq, events, logBytes }: ClaimedCall,
    append: (event: NewCallEvent) => void,
    onFenced: () => void,
  ): RedisCallLog {
    const { relayId } = this.config;
    const { callId, tenantId, admittedAt } = record;
    const others = events.filter((event) => event.epoch === 0);
    return new RedisCallLog(this.redis, this.sealer, this.clock, this.counters, {
      callId,
      epoch,
      lastSeq,
      earlier: events.filter((event) => event.epoch > 0),
      there: { events: events.length, bytes: logBytes },
      admittedAt,
      onCut: () =>
        this.logger.warn(
          { callId, tenantId, relayId },
          'event log of the call full; further transcripts and figures dropped',
        ),
      onFenced,
      restore: (beginsAfter) =>
        this.store.restore(record, { epoch, relayId, leaseMs: RELAY_LEASE_MS, beginsAfter, others }),
      ...this.spendingOptions(record, append),
    });
  }

  /** Adds the call's usage to its tenant's day, and appends an event for each budget threshold it crosses. */
  private spendingOptions(
    { tenantId, spending, admittedAt }: AdmissionRecord,
    append: (event: NewCallEvent) => void,
  ): Pick<CallLogOptions, 'spending'> {
    if (!spending) return {};
    const onSpent = (spent: Spent): void =>
      thresholdsCrossed(spending, spent, Math.max(0, this.clock.wallTime() - admittedAt)).forEach(append);
    return { spending: { tenantId, day: spending.day, onSpent } };
  }
}
