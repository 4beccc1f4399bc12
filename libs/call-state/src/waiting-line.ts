import { callIdSchema, channelSchema, tenantIdSchema } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { CALL_KEYS_TTL_S } from './admission-record.ts';
import { keys } from './keys.ts';
import { run } from './scripts/script.ts';
import { aheadInLine, waitInLine } from './scripts/waiting-line.ts';
import type { Sealer } from './sealer.ts';

const waitingCallSchema = z.object({
  /** Under which it is written down should it never be admitted. */
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

export interface PlaceInLine {
  /** Callers who came before and still wait. */
  readonly ahead: number;
  readonly waitedMs: number;
}

/** Longer than a caller is told things between two questions of the carrier. */
const LAPSES_MS = 45_000;

/** Callers who wait for an agent to have room, in the order they came. Each agent has a line of its own. */
export class WaitingLine {
  constructor(
    private readonly redis: Redis,
    private readonly sealer: Sealer,
  ) {}

  /** How many wait before this call; for one that does not wait, how many wait. */
  async ahead(agentId: string, carrierCallId: string): Promise<number> {
    return (await run(this.redis, aheadInLine, [keys.waiting(agentId), keys.waitingSeen(agentId)], [carrierCallId, LAPSES_MS])) as number;
  }

  /** The call waits at the end of the line, or goes on waiting where it is. To be repeated, else its place lapses. */
  async wait(call: WaitingCall): Promise<PlaceInLine> {
    const { agentId, carrierCallId } = call;
    const sealed = this.sealer.seal(call, placeOf(carrierCallId));
    const line = [keys.waiting(agentId), keys.waitingSeen(agentId), keys.carrier(carrierCallId)];
    const [ahead, waitedMs] = (await run(this.redis, waitInLine, line, [carrierCallId, LAPSES_MS, sealed, CALL_KEYS_TTL_S])) as [number, number];
    return { ahead, waitedMs };
  }

  /** The call as it began to wait, and when, also when it no longer does; null when it never waited. */
  async waiting(carrierCallId: string): Promise<{ readonly call: WaitingCall; readonly since: Date } | null> {
    const [sealed, since] = await this.redis.hmget(keys.carrier(carrierCallId), 'waits', 'waitsSince');
    if (!sealed) return null;
    return { call: waitingCallSchema.parse(this.sealer.open(sealed, placeOf(carrierCallId))), since: new Date(Number(since)) };
  }

  /** It waits no longer: it was admitted, turned away, or has hung up. What is known of it stays, so that whoever comes late does nothing twice. */
  async leave({ agentId, carrierCallId }: Pick<WaitingCall, 'agentId' | 'carrierCallId'>): Promise<void> {
    await this.redis.multi().zrem(keys.waiting(agentId), carrierCallId).zrem(keys.waitingSeen(agentId), carrierCallId).exec();
  }
}

const placeOf = (carrierCallId: string): string => `waits:${carrierCallId}`;
