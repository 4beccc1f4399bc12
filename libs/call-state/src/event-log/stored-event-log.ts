import { parseCallEvent, type CallEvent, type CallId, type NewCallEvent } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { keys } from '../redis/keys.ts';
import type { Sealer } from '../redis/sealer.ts';
import { readPages, type StoredFields } from './event-pages.ts';

/** The readable part of a call's event log. */
export interface StoredEvents {
  readonly events: CallEvent[];
  readonly unreadable: number;
  /** Left out of a log too large. */
  readonly omitted: number;
  /** Size of what was read, as sealed. */
  readonly bytes: number;
}

/** Seals the events of calls for the Redis Stream, and reads them back. */
export class StoredEventLog {
  constructor(
    private readonly redis: Redis,
    private readonly sealer: Sealer,
  ) {}

  seal(callId: CallId, { type, data }: NewCallEvent, at: number): string {
    return this.sealer.seal({ type, data, at }, placeOf(callId));
  }

  async read(callId: CallId): Promise<StoredEvents> {
    const events: CallEvent[] = [];
    let unreadable = 0;
    const { omitted, bytes } = await readPages(this.redis, keys.callEvents(callId), (stored) => {
      const event = this.open(callId, stored);
      if (event) events.push(event);
      else unreadable += 1;
    });
    return { events, unreadable, omitted, bytes };
  }

  /** Returns null for an event that cannot be read, or that this version does not know. */
  open(callId: CallId, { p = '', e, s }: StoredFields): CallEvent | null {
    try {
      return parseCallEvent({
        ...(this.sealer.open(p, placeOf(callId)) as object),
        epoch: Number(e),
        seq: Number(s),
      });
    } catch {
      return null;
    }
  }
}

const placeOf = (callId: CallId): string => `event:${callId}`;
