import {
  attestationSchema,
  callIdSchema,
  callParametersSchema,
  channelSchema,
  partySchema,
  refusalReasonSchema,
  tenantIdSchema,
  type RefusalReason,
  type TenantId,
} from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { CALL_KEYS_TTL_S, keys } from '../redis/keys.ts';
import { run } from '../scripts/script.ts';
import { waitInLine } from '../scripts/waiting-line.ts';
import { SealBroken, type Sealer } from '../redis/sealer.ts';
import { RedisUptime } from '../redis/redis-uptime.ts';

const waitingCallSchema = z.object({
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  channel: channelSchema,
  from: partySchema,
  to: partySchema,
  carrierCallId: z.string().max(128),
  attestation: attestationSchema.nullable().default(null),
  agentId: z.uuid(),
  companyName: z.string(),
  /** BCP 47. */
  language: z.string().min(2).max(35),
  callerGroup: z.string().nullable(),
  parameters: callParametersSchema.optional(),
});
/** A call that waits to be admitted. */
export type WaitingCall = z.infer<typeof waitingCallSchema>;

/** The line a call waits in, and the call's place in it. */
export type Place = Pick<WaitingCall, 'agentId' | 'carrierCallId'>;

/**
 * `full`: the line has its maximum length. `gone`: the caller is known to have hung up. `answered`: the call
 * was admitted or refused meanwhile.
 */
type PlaceInLine =
  | 'full'
  | 'gone'
  | 'answered'
  | { /** Callers who came before and still wait. */ readonly ahead: number; readonly waitedMs: number };

export interface WaitingState {
  readonly call: WaitingCall;
  readonly since: Date;
  /** The reason it is recorded under unless it is admitted; null for a caller who has hung up. */
  readonly outcome: RefusalReason | null;
  /** When that reason was set. */
  readonly outcomeAt: Date | null;
  /** The carrier has reported that the caller is gone. */
  readonly hasGone: boolean;
}

/**
 * A call whose carrier has not asked for this long no longer waits: longer than any message between two
 * questions.
 */
const WAITING_EXPIRES_MS = 45_000;
const RETRY_MS = 30_000;
const NO_PLACE: Readonly<Record<number, 'full' | 'gone' | 'answered'>> = {
  [-1]: 'full',
  [-2]: 'gone',
  [-3]: 'answered',
};

/**
 * Callers who wait for an agent to have room, in the order they came. Each agent has a line of its own; one
 * more holds every waiting call until its outcome is recorded.
 */
export class WaitingLine {
  constructor(
    private readonly redis: Redis,
    private readonly sealer: Sealer,
    private readonly contact: Pick<RedisUptime, 'connectedForMs' | 'disconnected'> = new RedisUptime(redis),
  ) {}

  /** Returns how many wait before this call; for a call that does not wait, how many wait. */
  async ahead({ agentId, carrierCallId }: Place): Promise<number> {
    const line = keys.waitingFor(agentId);
    const [rank, count] = await Promise.all([this.redis.zrank(line, carrierCallId), this.redis.zcard(line)]);
    return rank ?? count;
  }

  /**
   * Adds the call to the end of the line, or keeps its place. Must be repeated, else the call no longer
   * counts as waiting.
   */
  async wait(call: WaitingCall, mostWaiting: number): Promise<PlaceInLine> {
    const { agentId, carrierCallId } = call;
    const sealed = this.sealer.seal(call, placeOf(carrierCallId));
    const [ahead, waitedMs] = (await run(
      this.redis,
      waitInLine,
      [keys.waitingFor(agentId), keys.waiting, keys.carrier(carrierCallId)],
      [carrierCallId, memberOf(call), sealed, mostWaiting, CALL_KEYS_TTL_S],
    )) as [number, number];
    const refusal = NO_PLACE[ahead];
    if (refusal) return refusal;
    return { ahead, waitedMs };
  }

  /** Records that the carrier has asked about the call, so that the call keeps waiting. */
  async touch(carrierCallId: string): Promise<void> {
    const waiting = await this.waiting(carrierCallId);
    if (waiting) await this.redis.zadd(keys.waiting, 'XX', await this.now(), memberOf(waiting.call));
  }

  /** Returns the call as it began to wait, also when it no longer does; null when it never waited. */
  async waiting(carrierCallId: string): Promise<WaitingState | null> {
    const [sealed, since, waitsAs, waitsAsAt, gone] = await this.redis.hmget(
      keys.carrier(carrierCallId),
      'waits',
      'waitsSince',
      'waitsAs',
      'waitsAsAt',
      'gone',
    );
    if (!sealed) return null;
    return {
      call: waitingCallSchema.parse(this.sealer.open(sealed, placeOf(carrierCallId))),
      since: new Date(Number(since)),
      outcome: refusalReasonSchema.safeParse(waitsAs).data ?? null,
      outcomeAt: waitsAsAt ? new Date(Number(waitsAsAt)) : null,
      hasGone: gone !== null,
    };
  }

  /** Sets the reason the call is recorded under unless it is admitted. */
  async setOutcome(carrierCallId: string, reason: RefusalReason): Promise<void> {
    await this.redis
      .multi()
      .hset(keys.carrier(carrierCallId), 'waitsAs', reason)
      .hsetnx(keys.carrier(carrierCallId), 'waitsAsAt', Date.now())
      .exec();
  }

  /** Removes the call from its agent's line: the calls behind it move up. */
  async leave({ agentId, carrierCallId }: Place): Promise<void> {
    await this.redis.zrem(keys.waitingFor(agentId), carrierCallId);
  }

  /** Removes a call that was admitted or recorded. Its data stay for late messages. */
  async close(place: Place): Promise<void> {
    await this.redis
      .multi()
      .zrem(keys.waitingFor(place.agentId), place.carrierCallId)
      .zrem(keys.waiting, memberOf(place))
      .exec();
  }

  /**
   * Returns calls without a recorded outcome that the carrier has stopped asking about
   * ({@link WAITING_EXPIRES_MS}), with the time it last asked. None while Redis has not been connected for as
   * long: the carrier's questions could not be stored.
   */
  async expired(limit: number): Promise<{ readonly place: Place; readonly askedAt: Date }[]> {
    const found = await this.redis.zrangebyscore(
      keys.waiting,
      '-inf',
      (await this.now()) - WAITING_EXPIRES_MS,
      'WITHSCORES',
      'LIMIT',
      0,
      limit,
    );
    if (this.contact.connectedForMs < WAITING_EXPIRES_MS) return [];
    return found.flatMap((member, index) =>
      index % 2 === 0 ? [{ place: placeIn(member), askedAt: new Date(Number(found[index + 1])) }] : [],
    );
  }

  /** Called when Redis did not answer: a hung server does not break its connections. */
  lostContact(): void {
    this.contact.disconnected();
  }

  /** Puts a lapsed call that cannot be settled now behind the others, for {@link RETRY_MS}. */
  async defer(place: Place): Promise<void> {
    await this.redis.zadd(
      keys.waiting,
      'XX',
      (await this.now()) - WAITING_EXPIRES_MS + RETRY_MS,
      memberOf(place),
    );
  }

  /**
   * Returns a tenant's waiting callers, the longest waiting first: up to `limit`, out of the {@link
   * MAX_LISTED} the carrier has asked about last.
   */
  async list(tenantId: TenantId, limit: number): Promise<WaitingState[]> {
    const members = await this.redis.zrange(keys.waiting, 0, MAX_LISTED - 1, 'REV');
    // An entry sealed with a replaced secret cannot be opened, so it belongs to no tenant.
    const all = await Promise.all(
      members.map((member) =>
        this.waiting(placeIn(member).carrierCallId).catch((error: unknown) =>
          error instanceof SealBroken ? null : Promise.reject(error as Error),
        ),
      ),
    );
    const own = all.flatMap((waiting) =>
      waiting?.call.tenantId === tenantId && !waiting.hasGone ? [waiting] : [],
    );
    return own
      .sort(
        (a, b) =>
          a.since.getTime() - b.since.getTime() || a.call.carrierCallId.localeCompare(b.call.carrierCallId),
      )
      .slice(0, limit);
  }

  /** Returns how many wait in all lines, or have no recorded outcome yet. */
  size(): Promise<number> {
    return this.redis.zcard(keys.waiting);
  }

  /** Returns the Unix time in ms, by Redis' clock, which the line is sorted by. */
  private async now(): Promise<number> {
    const [seconds] = await this.redis.time();
    return Number(seconds) * 1000;
  }
}

const UUID_LENGTH = 36;
const MAX_LISTED = 5_000;
const placeIn = (member: string): Place => ({
  agentId: member.slice(0, UUID_LENGTH),
  carrierCallId: member.slice(UUID_LENGTH + 1),
});
const memberOf = ({ agentId, carrierCallId }: Place): string => `${agentId}/${carrierCallId}`;
const placeOf = (carrierCallId: string): string => `waits:${carrierCallId}`;
