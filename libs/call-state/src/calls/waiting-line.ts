import {
  attestationSchema,
  callIdSchema,
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
});
/** A caller who has not been admitted yet, and may be soon. */
export type WaitingCall = z.infer<typeof waitingCallSchema>;

/** Where a call waits. */
export type Place = Pick<WaitingCall, 'agentId' | 'carrierCallId'>;

/**
 * `full`: as many wait as may. `gone`: its caller is known to have hung up. `answered`: it was admitted or
 * turned away meanwhile.
 */
type PlaceInLine =
  | 'full'
  | 'gone'
  | 'answered'
  | { /** Callers who came before and still wait. */ readonly ahead: number; readonly waitedMs: number };

export interface Waiting {
  readonly call: WaitingCall;
  readonly since: Date;
  /** What it is to be written down as, should it not be admitted; null for a caller who has hung up. */
  readonly becomes: RefusalReason | null;
  /** Since when that is so. */
  readonly becameAt: Date | null;
  /** Its carrier has said that the caller is gone. */
  readonly hasGone: boolean;
}

/** Longer than a caller is told things between two questions of the carrier. */
const WAITING_LAPSES_MS = 45_000;
const COMES_AGAIN_MS = 30_000;
const NO_PLACE: Readonly<Record<number, 'full' | 'gone' | 'answered'>> = {
  [-1]: 'full',
  [-2]: 'gone',
  [-3]: 'answered',
};

/**
 * Callers who wait for an agent to have room, in the order they came. Each agent has a line of its own; one
 * more holds who is in any of them until what became of them is on record.
 */
export class WaitingLine {
  constructor(
    private readonly redis: Redis,
    private readonly sealer: Sealer,
    private readonly contact: Pick<RedisUptime, 'connectedForMs' | 'disconnected'> = new RedisUptime(redis),
  ) {}

  /** How many wait before this call; for one that does not wait, how many wait. */
  async ahead({ agentId, carrierCallId }: Place): Promise<number> {
    const line = keys.waitingFor(agentId);
    const [rank, count] = await Promise.all([this.redis.zrank(line, carrierCallId), this.redis.zcard(line)]);
    return rank ?? count;
  }

  /**
   * The call waits at the end of the line, or goes on waiting where it is. To be repeated, else it lapses.
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

  /** The carrier has asked about it, whatever it was answered: it does not lapse. */
  async touch(carrierCallId: string): Promise<void> {
    const waiting = await this.waiting(carrierCallId);
    if (waiting) await this.redis.zadd(keys.waiting, 'XX', await this.now(), memberOf(waiting.call));
  }

  /** The call as it began to wait, also when it no longer does; null when it never waited. */
  async waiting(carrierCallId: string): Promise<Waiting | null> {
    const [sealed, since, becomes, becameAt, gone] = await this.redis.hmget(
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
      becomes: refusalReasonSchema.safeParse(becomes).data ?? null,
      becameAt: becameAt ? new Date(Number(becameAt)) : null,
      hasGone: gone !== null,
    };
  }

  /** What it is to be written down as, whoever does it. */
  async setOutcome(carrierCallId: string, reason: RefusalReason): Promise<void> {
    await this.redis
      .multi()
      .hset(keys.carrier(carrierCallId), 'waitsAs', reason)
      .hsetnx(keys.carrier(carrierCallId), 'waitsAsAt', Date.now())
      .exec();
  }

  /** Nobody waits behind it any more. */
  async leave({ agentId, carrierCallId }: Place): Promise<void> {
    await this.redis.zrem(keys.waitingFor(agentId), carrierCallId);
  }

  /** It was admitted, or what became of it is on record. What is known of it stays for whoever comes late. */
  async settle(place: Place): Promise<void> {
    await this.redis
      .multi()
      .zrem(keys.waitingFor(place.agentId), place.carrierCallId)
      .zrem(keys.waiting, memberOf(place))
      .exec();
  }

  /**
   * Calls the carrier has not asked about for {@link WAITING_LAPSES_MS}, and of which nothing is on record;
   * with when it last did. None while Redis has not been there for as long: nobody could ask.
   */
  async lapsed(limit: number): Promise<{ readonly place: Place; readonly askedAt: Date }[]> {
    const found = await this.redis.zrangebyscore(
      keys.waiting,
      '-inf',
      (await this.now()) - WAITING_LAPSES_MS,
      'WITHSCORES',
      'LIMIT',
      0,
      limit,
    );
    if (this.contact.connectedForMs < WAITING_LAPSES_MS) return [];
    return found.flatMap((member, index) =>
      index % 2 === 0 ? [{ place: placeIn(member), askedAt: new Date(Number(found[index + 1])) }] : [],
    );
  }

  /** Redis did not answer, though its connection may stand: a server that stands still breaks none. */
  lostContact(): void {
    this.contact.disconnected();
  }

  /**
   * A lapsed call that cannot be settled now makes room for others, and comes up again in {@link
   * COMES_AGAIN_MS}.
   */
  async defer(place: Place): Promise<void> {
    await this.redis.zadd(
      keys.waiting,
      'XX',
      (await this.now()) - WAITING_LAPSES_MS + COMES_AGAIN_MS,
      memberOf(place),
    );
  }

  /**
   * A tenant's callers who wait, the longest first; at most so many, of the {@link MOST_LISTED} the carrier
   * has asked about last.
   */
  async list(tenantId: TenantId, limit: number): Promise<Waiting[]> {
    const members = await this.redis.zrange(keys.waiting, 0, MOST_LISTED - 1, 'REV');
    // What does not open any more (a secret that was replaced) is nobody's.
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

  /** How many wait, in all lines, and those of whom nothing is on record yet. */
  size(): Promise<number> {
    return this.redis.zcard(keys.waiting);
  }

  /** Unix time in ms, by the clock the line is kept with. */
  private async now(): Promise<number> {
    const [seconds] = await this.redis.time();
    return Number(seconds) * 1000;
  }
}

const UUID_LENGTH = 36;
const MOST_LISTED = 5_000;
const placeIn = (member: string): Place => ({
  agentId: member.slice(0, UUID_LENGTH),
  carrierCallId: member.slice(UUID_LENGTH + 1),
});
const memberOf = ({ agentId, carrierCallId }: Place): string => `${agentId}/${carrierCallId}`;
const placeOf = (carrierCallId: string): string => `waits:${carrierCallId}`;
