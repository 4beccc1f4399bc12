import { relayIdSchema, type CallId, type RelayId } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { keys } from '../redis/keys.ts';
import { relayHeartbeat } from '../scripts/relay-heartbeat.ts';
import { redisNow, run } from '../scripts/script.ts';

/** A relay that does not renew its lease for this long counts as dead. */
export const RELAY_LEASE_MS = 3_000;
export const RELAY_RENEW_MS = 1_000;

/** A relay's own state, sent with each heartbeat. */
interface RelayLease {
  readonly relayId: RelayId;
  /** ws:// address in the cluster's own network. */
  readonly address: string;
  /** host:port of its AudioSocket as a PBX reaches it; absent where it has none. */
  readonly audioSocket?: string | undefined;
  readonly capacity: number;
  readonly active: number;
  readonly isDraining: boolean;
  /** Overloaded regardless of its call count: it gets new calls only when no other relay has room. */
  readonly isOverloaded: boolean;
  /** The release this relay is of, as the platform that rolls it names it; empty where nobody does. */
  readonly revision: string;
  /** Unix time in ms. */
  readonly startedAt: number;
}

/** A call in a heartbeat of its relay. */
export interface OwnedCall {
  readonly callId: CallId;
  readonly epoch: number;
  /** False for an ended call that is not yet known to be in Postgres. */
  readonly isHeld: boolean;
}

/**
 * The state of a relay's call in Redis. `stored`: number of the last event there. `unknown`: Redis has lost
 * the call, or its latest owner. `superseded`: a newer owner is there.
 */
export type OwnershipStatus =
  | { readonly kind: 'stored'; readonly lastSeq: number }
  | { readonly kind: 'unknown' | 'superseded' | 'persisted' };

/** A relay with a valid lease; `reserved` counts calls on their way to it. */
export interface RelayStatus extends RelayLease {
  readonly reserved: number;
}

const REPLY_STATUSES: Readonly<Record<number, 'unknown' | 'superseded' | 'persisted'>> = {
  [-1]: 'unknown',
  [-2]: 'superseded',
  [-3]: 'persisted',
};

const LEASE_FIELDS = [
  'address',
  'capacity',
  'active',
  'draining',
  'strained',
  'revision',
  'startedAt',
  'audioSocket',
] as const;

/** All relays, by their leases. */
export class RelayRegistry {
  constructor(private readonly redis: Redis) {}

  /**
   * Renews the lease of this relay and of the calls it owns. Returns the state of each call, in their order.
   */
  async renew(lease: RelayLease, calls: readonly OwnedCall[]): Promise<OwnershipStatus[]> {
    const replies = (await run(
      this.redis,
      relayHeartbeat,
      [
        keys.relay(lease.relayId),
        keys.relays,
        keys.liveCalls,
        ...calls.map(({ callId }) => keys.call(callId)),
      ],
      [
        lease.relayId,
        RELAY_LEASE_MS,
        lease.address,
        lease.capacity,
        lease.active,
        lease.isDraining ? 1 : 0,
        lease.isOverloaded ? 1 : 0,
        lease.revision,
        Math.round(lease.startedAt),
        lease.audioSocket ?? '',
        ...calls.flatMap(({ callId, epoch, isHeld }) => [callId, epoch, isHeld ? 1 : 0]),
      ],
    )) as number[];
    return replies.map((reply) =>
      reply >= 0 ? { kind: 'stored', lastSeq: reply } : { kind: REPLY_STATUSES[reply] ?? 'unknown' },
    );
  }

  /** Deletes the lease of a relay that ends. */
  async release(relayId: RelayId): Promise<void> {
    await this.redis
      .multi()
      .del(keys.relay(relayId))
      .zrem(keys.relays, relayId)
      .del(keys.relayReserved(relayId))
      .exec();
  }

  /** Returns relays with a valid lease. */
  async listRelays(): Promise<RelayStatus[]> {
    const now = await redisNow(this.redis);
    const ids = (await this.redis.zrangebyscore(keys.relays, now - RELAY_LEASE_MS, '+inf')).flatMap(
      (id) => relayIdSchema.safeParse(id).data ?? [],
    );
    if (ids.length === 0) return [];
    const pipeline = this.redis.pipeline();
    for (const id of ids)
      pipeline.hmget(keys.relay(id), ...LEASE_FIELDS).zcount(keys.relayReserved(id), now, '+inf');
    const replies = (await pipeline.exec()) ?? [];
    return ids.flatMap((relayId, index) => {
      const [address, capacity, active, draining, strained, revision, startedAt, audioSocket] = (replies[
        index * 2
      ]?.[1] ?? []) as (string | null)[];
      if (!address) return [];
      const reserved = Number(replies[index * 2 + 1]?.[1] ?? 0);
      return [
        {
          relayId,
          address,
          audioSocket: audioSocket || undefined,
          capacity: Number(capacity),
          active: Number(active),
          isDraining: draining === '1',
          isOverloaded: strained === '1',
          revision: revision ?? '',
          startedAt: Number(startedAt ?? 0),
          reserved,
        },
      ];
    });
  }
}
