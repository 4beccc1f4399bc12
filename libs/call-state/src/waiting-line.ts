import { callIdSchema, channelSchema, refusalReasonSchema, tenantIdSchema, type RefusalReason, type TenantId } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { CALL_KEYS_TTL_S } from './admission-record.ts';
import { keys } from './keys.ts';
import { run } from './scripts/script.ts';
import { giveUpCall, waitInLine } from './scripts/waiting-line.ts';
import type { Sealer } from './sealer.ts';
import { SteadyContact } from './steady-contact.ts';

const waitingCallSchema = z.object({
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  channel: channelSchema,
  from: z.string().max(256),
  to: z.string().max(256),
  carrierCallId: z.string().max(128),
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

/** `full`: as many wait as may. `gone`: its caller is known to have hung up. */
export type PlaceInLine = 'full' | 'gone' | { /** Callers who came before and still wait. */ readonly ahead: number; readonly waitedMs: number };

export interface Waiting {
  readonly call: WaitingCall;
  readonly since: Date;
  /** What it is to be written down as, should it not be admitted; null for a caller who has hung up. */
  readonly becomes: RefusalReason | null;
}

/** Longer than a caller is told things between two questions of the carrier. */
export const WAITING_LAPSES_MS = 45_000;

/**
 * Callers who wait for an agent to have room, in the order they came. Each agent has a line of its own; one more holds who
 * is in any of them until what became of them is on record.
 */
export class WaitingLine {
  constructor(
    private readonly redis: Redis,
    private readonly sealer: Sealer,
    private readonly contact: Pick<SteadyContact, 'forMs'> = new SteadyContact(redis),
  ) {}

  /** How many wait before this call; for one that does not wait, how many wait. */
  async ahead({ agentId, carrierCallId }: Place): Promise<number> {
    const line = keys.waitingFor(agentId);
    const [rank, count] = await Promise.all([this.redis.zrank(line, carrierCallId), this.redis.zcard(line)]);
    return rank ?? count;
  }

  /** The call waits at the end of the line, or goes on waiting where it is. To be repeated, else it lapses. */
  async wait(call: WaitingCall, mostWaiting: number): Promise<PlaceInLine> {
    const { agentId, carrierCallId } = call;
    const sealed = this.sealer.seal(call, placeOf(carrierCallId));
    const [ahead, waitedMs] = (await run(
      this.redis,
      waitInLine,
      [keys.waitingFor(agentId), keys.waiting, keys.carrier(carrierCallId)],
      [carrierCallId, memberOf(call), sealed, mostWaiting, CALL_KEYS_TTL_S],
    )) as [number, number];
    if (ahead < 0) return ahead === -1 ? 'full' : 'gone';
    return { ahead, waitedMs };
  }

  /** The carrier has asked about it, whatever it was answered: it does not lapse. */
  async touch(carrierCallId: string): Promise<void> {
    const waiting = await this.waiting(carrierCallId);
    const [seconds] = await this.redis.time();
    if (waiting) await this.redis.zadd(keys.waiting, 'XX', Number(seconds) * 1000, memberOf(waiting.call));
  }

  /** The call as it began to wait, also when it no longer does; null when it never waited. */
  async waiting(carrierCallId: string): Promise<Waiting | null> {
    const [sealed, since, becomes] = await this.redis.hmget(keys.carrier(carrierCallId), 'waits', 'waitsSince', 'waitsAs');
    if (!sealed) return null;
    return {
      call: waitingCallSchema.parse(this.sealer.open(sealed, placeOf(carrierCallId))),
      since: new Date(Number(since)),
      becomes: refusalReasonSchema.safeParse(becomes).data ?? null,
    };
  }

  /** What it is to be written down as, whoever does it. */
  async become(carrierCallId: string, reason: RefusalReason): Promise<void> {
    await this.redis.hset(keys.carrier(carrierCallId), 'waitsAs', reason);
  }

  /** Nobody waits behind it any more. */
  async leave({ agentId, carrierCallId }: Place): Promise<void> {
    await this.redis.zrem(keys.waitingFor(agentId), carrierCallId);
  }

  /** It was admitted, or what became of it is on record. What is known of it stays for whoever comes late. */
  async settle(place: Place): Promise<void> {
    await this.redis.multi().zrem(keys.waitingFor(place.agentId), place.carrierCallId).zrem(keys.waiting, memberOf(place)).exec();
  }

  /**
   * Calls the carrier has not asked about for {@link WAITING_LAPSES_MS}, and of which nothing is on record. None while Redis has
   * not been there for as long: nobody could ask.
   */
  async lapsed(limit: number): Promise<Place[]> {
    if (this.contact.forMs < WAITING_LAPSES_MS) return [];
    const [seconds] = await this.redis.time();
    const members = await this.redis.zrangebyscore(keys.waiting, '-inf', Number(seconds) * 1000 - WAITING_LAPSES_MS, 'LIMIT', 0, limit);
    return members.map((member) => ({ agentId: member.slice(0, UUID_LENGTH), carrierCallId: member.slice(UUID_LENGTH + 1) }));
  }

  /** Its caller is taken for gone. False when it was admitted meanwhile. */
  async giveUp({ carrierCallId }: Place): Promise<boolean> {
    return (await run(this.redis, giveUpCall, [keys.carrier(carrierCallId)], [CALL_KEYS_TTL_S])) === 1;
  }

  /** A tenant's callers who wait, the longest first; at most so many, of the {@link MOST_LISTED} the carrier has asked about last. */
  async list(tenantId: TenantId, limit: number): Promise<Waiting[]> {
    const members = await this.redis.zrange(keys.waiting, 0, MOST_LISTED - 1, 'REV');
    const all = await Promise.all(members.map((member) => this.waiting(member.slice(UUID_LENGTH + 1))));
    const own = all.filter((waiting) => waiting?.call.tenantId === tenantId) as Waiting[];
    return own.sort((a, b) => a.since.getTime() - b.since.getTime() || a.call.carrierCallId.localeCompare(b.call.carrierCallId)).slice(0, limit);
  }

  /** How many wait, in all lines. */
  size(): Promise<number> {
    return this.redis.zcard(keys.waiting);
  }
}

const UUID_LENGTH = 36;
const MOST_LISTED = 5_000;
const memberOf = ({ agentId, carrierCallId }: Place): string => `${agentId}/${carrierCallId}`;
const placeOf = (carrierCallId: string): string => `waits:${carrierCallId}`;
