import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  CallStore,
  RELAY_LEASE_MS,
  RedisCallLog,
  Sealer,
  type AdmissionRecord,
  type CallLogCounters,
  type CallLogOptions,
  type OwnedCall,
  type OwnershipStatus,
  type RelayCommand,
  type Spent,
} from '@tandem/call-state';
import type { CallEvent, NewCallEvent, CallId, StreamTicket } from '@tandem/contracts';
import { takeoverOf } from '@tandem/conversation';
import { CONFIG, PostCallQueue, type ServiceConfig } from '@tandem/platform';
import { TwilioStream, type MessageSocket, type TwilioStart } from '@tandem/telephony';
import type { Redis } from 'ioredis';
import { CallFactory } from './call-factory.ts';
import { FencedSocket } from '../ownership/fenced-socket.ts';
import { ActiveCall } from './active-call.ts';
import { EndedCalls } from './ended-calls.ts';
import { CountingLog } from '../metrics/counting-log.ts';
import { RelayMetrics } from '../metrics/relay-metrics.ts';
import { thresholdsCrossed } from './budget-thresholds.ts';
import { REDIS } from './tokens.ts';
import { FreezeDetector } from '../ownership/freeze-detector.ts';
import { warnedLog } from './warned-log.ts';

export type ClaimRefusal = 'draining' | 'full' | 'ticket-used' | 'call-unknown' | 'call-ended';

const CLAIM_REFUSALS = { unknown: 'call-unknown', ended: 'call-ended', used: 'ticket-used' } as const;

/** A call that was just claimed, with what is known of it. */
interface ClaimedCall {
  readonly record: AdmissionRecord;
  readonly epoch: number;
  readonly legId: StreamTicket['legId'];
  readonly lastSeq: number;
  /** Everything that is on record of it, the admission included. */
  readonly events: readonly CallEvent[];
  /** Size of its log, as sealed. */
  readonly logBytes: number;
}

/** The calls of this process: takes them, counts them, lets go of them. */
@Injectable()
export class Relay {
  private readonly logger = new Logger(Relay.name);
  private readonly calls = new Map<CallId, ActiveCall>();
  private readonly endedCalls: EndedCalls;
  private readonly logCounters: CallLogCounters = { stored: 0, dropped: 0, failures: 0, refilled: 0 };
  private claiming = 0;
  private onIdle: (() => void) | null = null;
  isDraining = false;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(CallStore) private readonly store: CallStore,
    @Inject(Sealer) private readonly sealer: Sealer,
    @Inject(CallFactory) private readonly factory: CallFactory,
    @Inject(RelayMetrics) private readonly metrics: RelayMetrics,
    @Inject(FreezeDetector) private readonly wakeWatch: FreezeDetector,
    @Inject(PostCallQueue) postCall: PostCallQueue,
  ) {
    this.endedCalls = new EndedCalls(postCall);
  }

  get callCount(): number {
    return this.calls.size + this.claiming;
  }

  get activeCalls(): readonly ActiveCall[] {
    return [...this.calls.values()];
  }

  /** Calls whose record this relay answers for. */
  get ownedCalls(): OwnedCall[] {
    return [...this.activeCalls.map(({ ownership }) => ownership), ...this.endedCalls.ownership];
  }

  /** What Redis says of a call. */
  reconcile({ callId, epoch, isHeld }: OwnedCall, standing: OwnershipStatus): void {
    this.metrics.updateEventLogCounters(this.logCounters);
    if (!isHeld) return this.endedCalls.onOwnershipStatus(callId, standing);
    const held = this.calls.get(callId);
    if (held?.epoch === epoch) held.onOwnershipStatus(standing);
  }

  /**
   * Claims the ticket's call and starts its conversation on the socket. Answers why not, if not.
   * @throws when Redis cannot be reached
   */
  async claimCall(
    ticket: StreamTicket,
    socket: MessageSocket,
    start: TwilioStart,
  ): Promise<ClaimRefusal | null> {
    if (this.isDraining) return 'draining';
    if (this.callCount >= this.config.maxCalls) return 'full';
    this.claiming += 1;
    try {
      const { callId, epoch, legId } = ticket;
      const claim = await this.store.claim(callId, this.config.relayId, epoch, RELAY_LEASE_MS);
      if (claim.outcome !== 'claimed') return CLAIM_REFUSALS[claim.outcome];
      if (claim.record.carrierCallId !== start.callSid) return 'call-unknown';
      await this.factory.preload(claim.record);
      const { events, bytes: logBytes } = await this.store.events(callId);
      this.startCall(
        { record: claim.record, epoch, legId, lastSeq: claim.lastSeq, events, logBytes },
        new FencedSocket(socket, this.wakeWatch),
        start,
      );
      return null;
    } finally {
      this.claiming -= 1;
      this.notifyWhenIdle();
    }
  }

  /** Does with a call what an operator wishes. Of a call that has left this relay nothing is done. */
  executeCommand(command: RelayCommand): void {
    const outcome = this.applyCommand(command);
    this.metrics.counters.commands.inc({ kind: command.kind, outcome });
    this.logger.log(
      { callId: command.callId, relayId: this.config.relayId, kind: command.kind, outcome },
      'command of an operator',
    );
  }

  /** Resolves when no call is held any more, or after `timeoutMs`. */
  waitUntilIdle(timeoutMs: number): Promise<void> {
    if (this.callCount === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private applyCommand(command: RelayCommand): string {
    const session = this.calls.get(command.callId)?.session;
    if (!session) return 'not-held';
    switch (command.kind) {
      case 'transfer':
        return session.putThrough(command).status;
      case 'change':
        session.change(command.change);
        return 'ok';
      case 'recording':
        session.pauseRecording(command.state === 'paused');
        return 'ok';
      case 'end':
        session.sayGoodbye();
        return 'ok';
    }
  }

  private startCall(taken: ClaimedCall, socket: FencedSocket, start: TwilioStart): void {
    const { record, epoch, legId } = taken;
    const { callId, tenantId } = record;
    const fields = { callId, legId, tenantId, relayId: this.config.relayId };
    const fault = (error: unknown): void => {
      this.logger.error({ ...fields, err: error }, 'a call failed inside');
      held.session.end('internal-error');
    };
    const stream = new TwilioStream(socket, start, this.factory.clock, fault);
    const written = this.openLog(
      taken,
      (fact) => log.append(fact),
      () => {
        this.logger.warn(fields, 'another relay has taken the call over');
        held.relinquish();
      },
    );
    const log = warnedLog(new CountingLog(written, this.metrics), (what, message) =>
      this.logger.warn({ ...fields, ...what }, message),
    );
    const takeover = epoch > 1 ? takeoverOf(taken.events) : undefined;
    const session = this.factory.create(record, epoch, {
      stream,
      log,
      isGivenUp: () => written.isGivenUp,
      onError: fault,
      ...(takeover ? { takeover } : {}),
    });
    const held = new ActiveCall(record, epoch, session, written, socket);
    this.calls.get(callId)?.relinquish();
    this.calls.set(callId, held);
    this.metrics.gauges.activeCalls.set(this.calls.size);
    this.logger.log({ ...fields, epoch }, 'call taken');
    log.append({
      type: 'stream.attached',
      data: { relayId: this.config.relayId, epoch, streamId: stream.streamId },
    });
    session.start();
    void session.ended.then(async (termination) => {
      // A call that was let go may be back already, on a new stream.
      if (this.calls.get(callId) === held) this.calls.delete(callId);
      this.metrics.gauges.activeCalls.set(this.calls.size);
      this.metrics.addStreamCounters(stream.counters);
      this.logger.log(
        { ...fields, termination: termination?.reason ?? null },
        termination ? 'call over' : 'call let go',
      );
      if (termination) await this.endedCalls.add(record, epoch, written);
      this.notifyWhenIdle();
    });
  }

  private openLog(
    { record, epoch, lastSeq, events, logBytes }: ClaimedCall,
    tell: (fact: NewCallEvent) => void,
    onFenced: () => void,
  ): RedisCallLog {
    const { relayId } = this.config;
    const others = events.filter((event) => event.epoch === 0);
    return new RedisCallLog(this.redis, this.sealer, this.factory.clock, this.logCounters, {
      callId: record.callId,
      epoch,
      lastSeq,
      earlier: events.filter((event) => event.epoch > 0),
      there: { events: events.length, bytes: logBytes },
      admittedAt: record.admittedAt,
      onCut: () =>
        this.logger.warn(
          { callId: record.callId, tenantId: record.tenantId, relayId },
          'event log of the call is full; further words and figures are dropped',
        ),
      onFenced,
      restore: (beginsAfter) =>
        this.store.restore(record, { epoch, relayId, leaseMs: RELAY_LEASE_MS, beginsAfter, others }),
      ...this.spendingOptions(record, tell),
    });
  }

  /**
   * What the call uses counts on its tenant's day, and is told when it passes a mark of the tenant's budget.
   */
  private spendingOptions(
    { tenantId, spending, admittedAt }: AdmissionRecord,
    tell: (fact: NewCallEvent) => void,
  ): Pick<CallLogOptions, 'spending'> {
    if (!spending) return {};
    const onSpent = (spent: Spent): void =>
      thresholdsCrossed(spending, spent, Math.max(0, this.factory.clock.wallTime() - admittedAt)).forEach(
        tell,
      );
    return { spending: { tenantId, day: spending.day, onSpent } };
  }

  private notifyWhenIdle(): void {
    if (this.callCount === 0) this.onIdle?.();
  }
}
