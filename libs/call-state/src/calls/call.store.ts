import {
  callIdSchema,
  maskEvent,
  relayIdSchema,
  tenantIdSchema,
  termination,
  type CallEvent,
  type NewCallEvent,
  type CallId,
  type RelayId,
  type TenantId,
  type TerminationReason,
} from '@tandem/contracts';
import type { Redis } from 'ioredis';
import {
  admissionRecordSchema,
  admittedEvent,
  type AdmissionRecord,
  type CallState,
  type CallPhase,
  type LiveCall,
} from './admission-record.ts';
import { StoredEventLog, type StoredEvents } from '../event-log/stored-event-log.ts';
import { CALL_KEYS_TTL_S, keys, PERSISTED_TTL_S } from '../redis/keys.ts';
import { VITAL_LIMITS } from '../event-log/log-bound.ts';
import { appendExternalEvent } from '../scripts/append-events.ts';
import { admitCall } from '../scripts/admit-call.ts';
import { LOST_GRACE_MS, TRANSITION_LEASES, transitionOf } from '../event-log/call-transition.ts';
import { claimCall } from '../scripts/claim-call.ts';
import { restoreCall } from '../scripts/restore-call.ts';
import { redisNow, run } from '../scripts/script.ts';
import type { Sealer } from '../redis/sealer.ts';
import { RedisUptime } from '../redis/redis-uptime.ts';

type AdmitReply =
  | { readonly outcome: 'new' | 'left' | 'gone' | 'full' }
  | { readonly outcome: 'repeat'; readonly answer: string };
type Claim =
  | { readonly outcome: 'claimed'; readonly record: AdmissionRecord; readonly lastSeq: number }
  | { readonly outcome: 'unknown' | 'ended' | 'used' };

/** More live calls than a deployment has at a time. */
const MAX_LIVE = 20_000;
const STATES_AT_ONCE = 500;
/** Events of all writers: an owner keeps its own below {@link VITAL_LIMITS}. */
const MAX_EVENTS = VITAL_LIMITS.events + 500;

/** The owner's memory of a call beside its record and its own events. */
interface RestoredCall {
  readonly epoch: number;
  readonly relayId: RelayId;
  readonly leaseMs: number;
  readonly beginsAfter: number;
  readonly others: readonly CallEvent[];
}

function streamEndOf(
  detached: string | null | undefined,
  epoch: string | null | undefined,
): CallState['streamEnd'] {
  if (detached === `${epoch}:closed`) return 'closed-by-carrier';
  return detached === `${epoch}:lost` ? 'lost' : null;
}

/** A call's record, its owner and its events in Redis. */
export class CallStore {
  private readonly eventLog: StoredEventLog;

  constructor(
    private readonly redis: Redis,
    private readonly sealer: Sealer,
    private readonly contact: Pick<RedisUptime, 'connectedForMs' | 'disconnected'> = new RedisUptime(redis),
  ) {
    this.eventLog = new StoredEventLog(redis, sealer);
  }

  /** Returns the answer given to the carrier's first request about this call; null for none. */
  earlierReply(carrierCallId: string): Promise<string | null> {
    return this.redis.hget(keys.carrier(carrierCallId), 'answer');
  }

  /** Returns our id of the carrier's call; null when it was not admitted, or is long over. */
  async findByCarrierId(carrierCallId: string): Promise<CallId | null> {
    return callIdSchema.safeParse(await this.redis.hget(keys.carrier(carrierCallId), 'call')).data ?? null;
  }

  /**
   * Admits the call to the relay, with room reserved for `reserveMs`. `answer` is what every repeat of the
   * carrier's request gets.
   */
  async admit(
    record: AdmissionRecord,
    relayId: RelayId,
    answer: string,
    reserveMs: number,
  ): Promise<AdmitReply> {
    const { callId } = record;
    const admission = admittedEvent(record);
    const [outcome, earlier] = (await run(
      this.redis,
      admitCall,
      [
        keys.carrier(record.carrierCallId),
        keys.call(callId),
        keys.callEvents(callId),
        keys.liveCalls,
        keys.relay(relayId),
        keys.relayReserved(relayId),
      ],
      [
        answer,
        callId,
        record.tenantId,
        this.sealer.seal(record, `record:${callId}`),
        this.eventLog.seal(callId, admission, record.admittedAt),
        reserveMs,
        CALL_KEYS_TTL_S,
        relayId,
      ],
    )) as ['new' | 'repeat' | 'left' | 'gone' | 'full', string];
    return outcome === 'repeat' ? { outcome, answer: earlier } : { outcome };
  }

  /**
   * Keeps an answer that admits nothing (a refusal), so that repeats get the same. Returns the answer that is
   * kept, which may be an earlier one.
   */
  async keepReply(carrierCallId: string, answer: string): Promise<string> {
    const key = keys.carrier(carrierCallId);
    const replies = await this.redis
      .multi()
      .hsetnx(key, 'answer', answer)
      .expire(key, CALL_KEYS_TTL_S)
      .hget(key, 'answer')
      .exec();
    return (replies?.[2]?.[1] as string | null) ?? answer;
  }

  async claim(callId: CallId, relayId: RelayId, epoch: number, leaseMs: number): Promise<Claim> {
    const [outcome, sealed, lastSeq] = (await run(
      this.redis,
      claimCall,
      [keys.call(callId), keys.liveCalls, keys.relayReserved(relayId), keys.relay(relayId)],
      [epoch, relayId, leaseMs, callId],
    )) as ['claimed' | 'unknown' | 'ended' | 'used', string, string];
    if (outcome !== 'claimed') return { outcome };
    return {
      outcome,
      record: admissionRecordSchema.parse(this.sealer.open(sealed, `record:${callId}`)),
      lastSeq: Number(lastSeq),
    };
  }

  /**
   * Restores a call that Redis has lost, in whole or in its last part, from its owner's memory. `others`:
   * events the owner has not written; its own up to `beginsAfter` count as stored. Returns the number of the
   * owner's last event that is still stored; null when a newer owner is there.
   */
  async restore(
    record: AdmissionRecord,
    { epoch, relayId, leaseMs, beginsAfter, others }: RestoredCall,
  ): Promise<number | null> {
    const { callId } = record;
    const lastSeq = (await run(
      this.redis,
      restoreCall,
      [keys.call(callId), keys.callEvents(callId), keys.liveCalls, keys.carrier(record.carrierCallId)],
      [
        callId,
        record.tenantId,
        this.sealer.seal(record, `record:${callId}`),
        epoch,
        relayId,
        record.admittedAt,
        leaseMs,
        CALL_KEYS_TTL_S,
        beginsAfter,
        ...others.map((event) => this.eventLog.seal(callId, event, event.at)),
      ],
    )) as number;
    return lastSeq < 0 ? null : lastSeq;
  }

  async state(callId: CallId): Promise<CallState | null> {
    const fields = [
      'status',
      'tenant',
      'epoch',
      'minted',
      'relay',
      'reason',
      'admittedAt',
      'accepted',
      'left',
      'moved',
      'offered',
      'detached',
    ];
    const [
      state,
      tenant,
      epoch,
      minted,
      relay,
      reason,
      admittedAt,
      accepted,
      left,
      moved,
      offered,
      detached,
    ] = await this.redis.hmget(keys.call(callId), ...fields);
    if (!state) return null;
    return {
      phase: state as CallPhase,
      tenantId: tenantIdSchema.parse(tenant),
      epoch: Number(epoch),
      lastOfferedEpoch: Number(minted),
      relayId: relayIdSchema.safeParse(relay).data ?? null,
      offeredTo: relayIdSchema.safeParse(offered).data ?? null,
      endReason: reason || null,
      admittedAt: Number(admittedAt),
      isAccepted: accepted === '1',
      hasCallerLeft: left === '1',
      isHandedOver: moved !== null && moved === epoch,
      streamEnd: streamEndOf(detached, epoch),
    };
  }

  /**
   * Returns a tenant's live calls, oldest first: up to `limit`, out of the {@link MAX_LIVE} whose leases end
   * first.
   */
  async liveCalls(tenantId: TenantId, limit: number): Promise<LiveCall[]> {
    const ids = (await this.redis.zrange(keys.liveCalls, 0, MAX_LIVE - 1)).flatMap(
      (id) => callIdSchema.safeParse(id).data ?? [],
    );
    const live: LiveCall[] = [];
    for (let from = 0; from < ids.length; from += STATES_AT_ONCE) {
      const some = ids.slice(from, from + STATES_AT_ONCE);
      const states = await Promise.all(some.map((callId) => this.state(callId)));
      for (const [index, callId] of some.entries()) {
        const state = states[index];
        if (state && state.tenantId === tenantId && state.phase !== 'ended') live.push({ ...state, callId });
      }
    }
    return live.sort((a, b) => a.admittedAt - b.admittedAt).slice(0, limit);
  }

  /**
   * Ends a call without an owner, and releases the room reserved for it. Returns whether this was its ending:
   * an earlier one stays.
   */
  async end(callId: CallId, state: CallState, reason: TerminationReason): Promise<boolean> {
    const atMs = Math.max(0, Date.now() - state.admittedAt);
    const stored = await this.appendExternalEvent(callId, 'ending', {
      type: 'call.ended',
      data: { termination: termination(reason), atMs },
    });
    if (state.offeredTo) await this.redis.zrem(keys.relayReserved(state.offeredTo), callId);
    return stored === 'stored';
  }

  async record(callId: CallId): Promise<AdmissionRecord | null> {
    const sealed = await this.redis.hget(keys.call(callId), 'record');
    return sealed ? admissionRecordSchema.parse(this.sealer.open(sealed, `record:${callId}`)) : null;
  }

  /**
   * Adds an event from outside the relay, once per `name`. Only the first ending of a call is stored; a full
   * log takes nothing but an ending.
   */
  async appendExternalEvent(
    callId: CallId,
    name: string,
    event: NewCallEvent,
  ): Promise<'stored' | 'repeat' | 'unknown' | 'ended' | 'full'> {
    return (await run(
      this.redis,
      appendExternalEvent,
      [keys.call(callId), keys.callEvents(callId), keys.liveCalls],
      [
        name,
        this.eventLog.seal(callId, maskEvent(event), Date.now()),
        transitionOf(event),
        callId,
        ...TRANSITION_LEASES,
        MAX_EVENTS,
      ],
    )) as 'stored' | 'repeat' | 'unknown' | 'ended' | 'full';
  }

  /**
   * Reads the call's events in pages, in the order they were stored. Unreadable ones are counted, not thrown;
   * so are those left out of a log too large to be read.
   */
  events(callId: CallId): Promise<StoredEvents> {
    return this.eventLog.read(callId);
  }

  /**
   * Returns calls whose lease ended {@link LOST_GRACE_MS} ago or earlier: they have no owner, and none is
   * expected. None while Redis has not been connected for as long: their owners may not have been able to
   * renew them.
   */
  lostCalls(limit: number): Promise<CallId[]> {
    return this.callsOverFor(LOST_GRACE_MS, Number.POSITIVE_INFINITY, LOST_GRACE_MS, limit);
  }

  /**
   * Returns calls whose lease ended `overForMs` ago and that another relay may still take over.
   * @param contactMs how long Redis must have been connected
   */
  silentCalls(overForMs: number, contactMs: number, limit: number): Promise<CallId[]> {
    return this.callsOverFor(overForMs, LOST_GRACE_MS, contactMs, limit);
  }

  /** Keeps a call that is being written to Postgres from counting as lost for this time. */
  async defer(callId: CallId, forMs: number): Promise<void> {
    const [seconds] = await this.redis.time();
    await this.redis.zadd(keys.liveCalls, 'XX', Number(seconds) * 1000 + forMs - LOST_GRACE_MS, callId);
  }

  /** Forgets the lease of a call that has ended and that its relay has released. */
  async release(callId: CallId): Promise<void> {
    await this.redis.zrem(keys.liveCalls, callId);
  }

  /** Marks that everything is in Postgres: the keys expire soon. */
  async persisted(callId: CallId): Promise<void> {
    await this.redis
      .multi()
      .hset(keys.call(callId), 'persisted', 1)
      .expire(keys.call(callId), PERSISTED_TTL_S)
      .expire(keys.callEvents(callId), PERSISTED_TTL_S)
      .zrem(keys.liveCalls, callId)
      .exec();
  }

  private async callsOverFor(
    leastMs: number,
    mostMs: number,
    contactMs: number,
    limit: number,
  ): Promise<CallId[]> {
    try {
      const now = await redisNow(this.redis);
      const ids = await this.redis.zrangebyscore(
        keys.liveCalls,
        mostMs === Number.POSITIVE_INFINITY ? '-inf' : now - mostMs,
        now - leastMs,
        'LIMIT',
        0,
        limit,
      );
      return this.contact.connectedForMs < contactMs
        ? []
        : ids.flatMap((id) => callIdSchema.safeParse(id).data ?? []);
    } catch (error) {
      this.contact.disconnected();
      throw error;
    }
  }
}
