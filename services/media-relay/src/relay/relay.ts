import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { CallRecordStore, RELAY_LEASE_MS, RedisCallLog, Sealer, type AdmissionRecord, type CallLogCounters, type CallLogOptions, type RelayCommand, type Spent } from '@tandem/call-state';
import type { CallFact, CallId, StreamTicket } from '@tandem/contracts';
import { takeoverOf, type CallSession, type Takeover } from '@tandem/conversation';
import { CONFIG, PostCallQueue, type ServiceConfig } from '@tandem/platform';
import { TwilioStream, type MessageSocket, type TwilioStart } from '@tandem/telephony';
import type { Redis } from 'ioredis';
import { CallFactory } from './call-factory.ts';
import { RelayMetrics } from './relay-metrics.ts';
import { marksPassed } from './tenant-budget.ts';
import { REDIS } from './tokens.ts';

export type TakeRefusal = 'draining' | 'full' | 'ticket-used' | 'call-unknown' | 'call-ended';

const CLAIM_REFUSALS = { unknown: 'call-unknown', ended: 'call-ended', used: 'ticket-used' } as const;
/** After the last grace: how long endings may take to reach Redis. */
const FINAL_FLUSH_MS = 3_000;
const DRAIN_REPORT_MS = 10_000;

/** The calls of this process: takes them, counts them, lets them finish when it has to go. */
@Injectable()
export class Relay implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Relay.name);
  private readonly calls = new Map<CallId, CallSession>();
  private readonly logCounters: CallLogCounters = { stored: 0, dropped: 0, failures: 0 };
  private taking = 0;
  private whenIdle: (() => void) | null = null;
  isDraining = false;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(CallRecordStore) private readonly records: CallRecordStore,
    @Inject(Sealer) private readonly sealer: Sealer,
    @Inject(CallFactory) private readonly factory: CallFactory,
    @Inject(RelayMetrics) private readonly metrics: RelayMetrics,
    @Inject(PostCallQueue) private readonly postCall: PostCallQueue,
  ) {}

  get activeCalls(): number {
    return this.calls.size + this.taking;
  }

  get heldCalls(): CallId[] {
    return [...this.calls.keys()];
  }

  /**
   * Claims the ticket's call and starts its conversation on the socket. Answers why not, if not.
   * @throws when Redis cannot be reached
   */
  async take(ticket: StreamTicket, socket: MessageSocket, start: TwilioStart): Promise<TakeRefusal | null> {
    if (this.isDraining) return 'draining';
    if (this.activeCalls >= this.config.maxCalls) return 'full';
    this.taking += 1;
    try {
      const claim = await this.records.claim(ticket.callId, this.config.relayId, ticket.epoch, RELAY_LEASE_MS);
      if (claim.outcome !== 'claimed') return CLAIM_REFUSALS[claim.outcome];
      if (claim.record.carrierCallId !== start.callSid) return 'call-unknown';
      await this.factory.prepare(claim.record);
      const takeover = ticket.epoch > 1 ? takeoverOf((await this.records.events(ticket.callId)).events) : undefined;
      this.hold(ticket, claim.record, claim.lastSeq, takeover, socket, start);
      return null;
    } finally {
      this.taking -= 1;
      this.tellWhenIdle();
    }
  }

  /** Does with a call what an operator wishes. Of a call that has left this relay nothing is done. */
  command(command: RelayCommand): void {
    const outcome = this.carryOut(command);
    this.metrics.commands.inc({ kind: command.kind, outcome });
    this.logger.log({ callId: command.callId, relayId: this.config.relayId, kind: command.kind, outcome }, 'command of an operator');
  }

  /** No new calls; resolves when the running ones are over, or have been ended at the end of their grace. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isDraining = true;
    if (this.activeCalls === 0) return;
    this.logger.log({ calls: this.activeCalls, graceMs: this.config.drainGraceMs }, 'draining: waiting for calls to end');
    const report = setInterval(() => this.logger.log({ calls: this.activeCalls }, 'draining'), DRAIN_REPORT_MS);
    await this.idleWithin(this.config.drainGraceMs);
    for (const session of this.calls.values()) session.end('relay-shutdown');
    await this.idleWithin(FINAL_FLUSH_MS);
    clearInterval(report);
  }

  private carryOut(command: RelayCommand): string {
    const session = this.calls.get(command.callId);
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

  private hold(ticket: StreamTicket, record: AdmissionRecord, lastSeq: number, takeover: Takeover | undefined, socket: MessageSocket, start: TwilioStart): void {
    const { callId, tenantId } = record;
    const fields = { callId, legId: ticket.legId, tenantId, relayId: this.config.relayId };
    const fault = (error: unknown): void => {
      this.logger.error({ ...fields, err: error }, 'a call failed inside');
      session.end('internal-error');
    };
    const stream = new TwilioStream(socket, start, this.factory.clock, fault);
    const log = this.metrics.metered(
      new RedisCallLog(this.redis, this.sealer, this.factory.clock, this.logCounters, {
        callId,
        epoch: ticket.epoch,
        lastSeq,
        onFenced: () => {
          this.logger.warn(fields, 'another relay has taken the call over');
          session.leave('taken-over');
        },
        ...this.counted(record, (fact) => log.append(fact)),
      }),
    );
    const session = this.factory.create(record, ticket.epoch, stream, log, takeover, fault);
    this.calls.get(callId)?.leave('taken-over');
    this.calls.set(callId, session);
    this.metrics.activeCalls.set(this.calls.size);
    this.logger.log({ ...fields, epoch: ticket.epoch }, 'call taken');
    log.append({ type: 'stream.attached', data: { relayId: this.config.relayId, epoch: ticket.epoch, streamId: stream.streamId } });
    session.start();
    void session.ended.then(async (termination) => {
      // A call that was let go may be back already, on a new stream.
      if (this.calls.get(callId) === session) this.calls.delete(callId);
      this.metrics.activeCalls.set(this.calls.size);
      this.metrics.streamEnded(stream.counters);
      this.logger.log({ ...fields, termination: termination?.reason ?? null }, termination ? 'call over' : 'call let go');
      if (termination) await this.postCall.enqueue(callId, tenantId, 'ended');
      this.tellWhenIdle();
    });
  }

  /** What the call uses counts on its tenant's day, and is told when it passes a mark of the tenant's budget. */
  private counted({ tenantId, spending, admittedAt }: AdmissionRecord, tell: (fact: CallFact) => void): Pick<CallLogOptions, 'spending'> {
    if (!spending) return {};
    const onSpent = (spent: Spent): void => marksPassed(spending, spent, Math.max(0, this.factory.clock.wallTime() - admittedAt)).forEach(tell);
    return { spending: { tenantId, day: spending.day, onSpent } };
  }

  private tellWhenIdle(): void {
    if (this.activeCalls === 0) this.whenIdle?.();
  }

  private idleWithin(timeoutMs: number): Promise<void> {
    if (this.activeCalls === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.whenIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
