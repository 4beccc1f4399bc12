import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  CallStore,
  RELAY_LEASE_MS,
  type OwnedCall,
  type OwnershipStatus,
  type RelayCommand,
} from '@tandem/call-state';
import type { CallId, StreamTicket } from '@tandem/contracts';
import { CONFIG, PostCallQueue, type ServiceConfig } from '@tandem/platform';
import type { IncomingStream } from '../media/incoming-stream.ts';
import { RelayMetrics } from '../metrics/relay-metrics.ts';
import { ActiveCall } from './active-call.ts';
import { CallFactory } from './call-factory.ts';
import { CallLogs } from './call-logs.ts';
import type { ClaimedCall } from './claimed-call.ts';
import { EndedCalls } from './ended-calls.ts';
import { applyCommand } from './operator-command.ts';

export type ClaimRefusal = 'draining' | 'full' | 'ticket-used' | 'call-unknown' | 'call-ended';

const CLAIM_REFUSALS = { unknown: 'call-unknown', ended: 'call-ended', used: 'ticket-used' } as const;

/** The calls of this process: claims them, counts them, gives them up. */
@Injectable()
export class Relay {
  private readonly logger = new Logger(Relay.name);
  private readonly calls = new Map<CallId, ActiveCall>();
  private claiming = 0;
  private onIdle: (() => void) | null = null;
  isDraining = false;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(CallStore) private readonly store: CallStore,
    @Inject(CallLogs) private readonly logs: CallLogs,
    @Inject(CallFactory) private readonly factory: CallFactory,
    @Inject(EndedCalls) private readonly endedCalls: EndedCalls,
    @Inject(RelayMetrics) private readonly metrics: RelayMetrics,
    @Inject(PostCallQueue) private readonly postCall: PostCallQueue,
  ) {}

  get callCount(): number {
    return this.calls.size + this.claiming;
  }

  get activeCalls(): readonly ActiveCall[] {
    return [...this.calls.values()];
  }

  /** Calls this relay renews its ownership of: running ones, and ended ones not yet in Postgres. */
  get ownedCalls(): OwnedCall[] {
    return [...this.activeCalls.map(({ ownership }) => ownership), ...this.endedCalls.ownership];
  }

  /** Applies what Redis has of an owned call. */
  reconcile({ callId, epoch, isHeld }: OwnedCall, status: OwnershipStatus): void {
    this.logs.publishCounters();
    if (!isHeld) return this.endedCalls.onOwnershipStatus(callId, status);
    const call = this.calls.get(callId);
    if (call?.epoch === epoch) call.onOwnershipStatus(status);
  }

  /**
   * Claims the ticket's call and starts its conversation on the stream. Returns null, or why it was refused.
   * @throws when Redis cannot be reached
   */
  async claimCall(ticket: StreamTicket, incoming: IncomingStream): Promise<ClaimRefusal | null> {
    if (this.isDraining) return 'draining';
    if (this.callCount >= this.config.maxCalls) return 'full';
    this.claiming += 1;
    try {
      const { callId, epoch, legId } = ticket;
      const claim = await this.store.claim(callId, this.config.relayId, epoch, RELAY_LEASE_MS);
      if (claim.outcome !== 'claimed') return CLAIM_REFUSALS[claim.outcome];
      const { record, lastSeq } = claim;
      const { carrierCallId } = incoming;
      if (carrierCallId !== null && carrierCallId !== record.carrierCallId) return 'call-unknown';
      await this.factory.preload(record);
      const { events, bytes: logBytes } = await this.store.events(callId);
      this.startCall({ record, epoch, legId, lastSeq, events, logBytes }, incoming);
      return null;
    } finally {
      this.claiming -= 1;
      this.notifyWhenIdle();
    }
  }

  /** Executes an operator's command; does nothing for a call this relay no longer holds. */
  executeCommand(command: RelayCommand): void {
    const session = this.calls.get(command.callId)?.session;
    const outcome = session ? applyCommand(session, command) : 'not-held';
    this.metrics.counters.commands.inc({ kind: command.kind, outcome });
    this.logger.log(
      { callId: command.callId, relayId: this.config.relayId, kind: command.kind, outcome },
      'operator command executed',
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

  private startCall(claimed: ClaimedCall, incoming: IncomingStream): void {
    const { record, epoch, legId } = claimed;
    const { callId, tenantId } = record;
    const { relayId } = this.config;
    const fields = { callId, legId, tenantId, relayId };
    const onError = (error: unknown): void => {
      this.logger.error({ ...fields, err: error }, 'internal fault in a call; ending it');
      call.session.end('internal-error');
    };
    const { redisLog, log } = this.logs.open(claimed, () => {
      this.logger.warn(fields, 'call taken over by another relay');
      call.relinquish();
    });
    const isGivenUp = () => redisLog.isGivenUp;
    const { session, path } = this.factory.create(claimed, incoming, { log, isGivenUp, onError });
    const call = new ActiveCall(record, epoch, session, redisLog, path);
    this.calls.get(callId)?.relinquish();
    this.calls.set(callId, call);
    this.metrics.gauges.activeCalls.set(this.calls.size);
    this.logger.log({ ...fields, epoch }, 'call claimed');
    this.logger.debug({ ...fields, path: path.describe() }, 'media path assembled');
    log.append({ type: 'stream.attached', data: { relayId, epoch, streamId: path.stream.streamId } });
    session.start();
    // A call that moves to another stream or relay has started before.
    if (!claimed.events.some(({ type }) => type === 'stream.attached'))
      void this.postCall.enqueueStart(callId, tenantId, Date.now());
    void session.ended.then(async (termination) => {
      // A call that was handed over may be back already, on a new stream.
      if (this.calls.get(callId) === call) this.calls.delete(callId);
      this.metrics.gauges.activeCalls.set(this.calls.size);
      this.metrics.addStreamCounters(path.counters);
      this.logger.log(
        { ...fields, termination: termination?.reason ?? null },
        termination ? 'call ended' : 'call handed over',
      );
      if (termination) await this.endedCalls.add(record, epoch, redisLog);
      this.notifyWhenIdle();
    });
  }

  private notifyWhenIdle(): void {
    if (this.callCount === 0) this.onIdle?.();
  }
}
