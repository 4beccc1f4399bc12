import type { CallEvent, CallId } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { keys } from '../redis/keys.ts';
import type { Sealer } from '../redis/sealer.ts';
import { idAfter, toFields } from './event-pages.ts';
import { StoredEventLog } from './stored-event-log.ts';

/** A place in the log of a call: after its event of this number. */
export interface LogPlace {
  /** From 1; 0 is the beginning. */
  readonly sequence: number;
  /** Entry of the stream that holds this event; null where it is not known. */
  readonly entryId: string | null;
}

/** Events of a log from a place on, and the place after the last of them. */
export interface LogPart {
  readonly events: readonly { readonly sequence: number; readonly event: CallEvent }[];
  readonly end: LogPlace;
}

/** Entries of one reply of Redis: other clients wait for a millisecond at most. */
const PAGE = 500;

/** The log of a running call, read by those who watch it. */
export class RunningLog {
  private readonly log: StoredEventLog;

  constructor(
    private readonly redis: Redis,
    sealer: Sealer,
  ) {
    this.log = new StoredEventLog(redis, sealer);
  }

  /**
   * Returns up to `limit` events after a place. Unreadable ones do not count. A log that was restored has
   * other entries: it is counted from its beginning then.
   */
  async read(callId: CallId, after: LogPlace, limit: number): Promise<LogPart> {
    const key = keys.callEvents(callId);
    const isKnown = after.entryId !== null && (await this.has(key, after.entryId));
    let end: LogPlace = isKnown ? after : { sequence: 0, entryId: null };
    const events: { sequence: number; event: CallEvent }[] = [];
    while (events.length < limit) {
      const from = end.entryId === null ? '-' : idAfter(end.entryId);
      const page = await this.redis.xrange(key, from, '+', 'COUNT', PAGE);
      for (const [entryId, flat] of page) {
        const event = this.log.open(callId, toFields(flat));
        end = { sequence: end.sequence + (event ? 1 : 0), entryId };
        if (event && end.sequence > after.sequence) events.push({ sequence: end.sequence, event });
        if (events.length >= limit) break;
      }
      if (page.length < PAGE) break;
    }
    return { events, end };
  }

  /** Returns when the call was admitted, as its log has it, in Unix time in ms; null where it has nothing. */
  async admittedAt(callId: CallId): Promise<number | null> {
    const [first] = await this.redis.xrange(keys.callEvents(callId), '-', '+', 'COUNT', 1);
    return first ? (this.log.open(callId, toFields(first[1]))?.at ?? null) : null;
  }

  private async has(key: string, entryId: string): Promise<boolean> {
    return (await this.redis.xrange(key, entryId, entryId, 'COUNT', 1)).length > 0;
  }
}
