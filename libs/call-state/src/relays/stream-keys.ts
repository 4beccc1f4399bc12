import type { RelayId } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys } from '../redis/keys.ts';

const registeredStreamSchema = z.object({
  /** The signed ticket the id stands for. */
  ticket: z.string().max(2_048),
  /** The rate the carrier was told to use, in Hz; its first audio decides. */
  rateHz: z.number().int().min(8_000).max(192_000),
});
export type RegisteredStream = z.infer<typeof registeredStreamSchema>;

/** Tickets of streams whose protocol has room for an id only. An id is good once, and at one relay. */
export class StreamKeys {
  constructor(private readonly redis: Redis) {}

  /** Keeps the ticket for `lifetimeS`. */
  async register(
    relayId: RelayId,
    streamId: string,
    stream: RegisteredStream,
    lifetimeS: number,
  ): Promise<void> {
    await this.redis.set(keys.relayStream(relayId, streamId), JSON.stringify(stream), 'EX', lifetimeS);
  }

  /** Returns what is registered at this relay under the id, and forgets it; null when nothing is. */
  async take(relayId: RelayId, streamId: string): Promise<RegisteredStream | null> {
    const key = keys.relayStream(relayId, streamId);
    const [read] = (await this.redis.multi().get(key).del(key).exec()) ?? [];
    const text = read?.[1];
    if (typeof text !== 'string') return null;
    return registeredStreamSchema.safeParse(JSON.parse(text)).data ?? null;
  }
}
