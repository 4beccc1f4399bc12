import type { CallId, TenantId } from '@tandem/contracts';
import { MoreThan, type DataSource } from 'typeorm';
import { query, run } from '../../connection/unit-of-work.ts';
import { CallRow } from '../../entities/call.entities.ts';
import { CallEventPageRow, UnheardWordsRow } from '../../entities/timeline.entities.ts';
import { fromEventPage, PAGE_EVENTS, type NumberedEvent } from './event-pages.ts';

/** Words deleted in one statement. */
const DELETION_BATCH = 1_000;

/** Part of the event log of a stored call. */
export interface StoredTimeline {
  readonly admittedAt: Date;
  readonly events: readonly NumberedEvent[];
  /** Number of events in the log; 0 for a call that was stored without it, or refused. */
  readonly length: number;
}

/** The event logs of calls that are over. */
export class TimelineRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Returns up to `limit` events above a sequence number, in their order; null when this tenant has no such
   * call.
   */
  async read(
    tenantId: TenantId,
    callId: CallId,
    after: number,
    limit: number,
  ): Promise<StoredTimeline | null> {
    const found = await run(this.dataSource, async (manager) => {
      const call = await manager.findOne(CallRow, {
        where: { tenantId, id: callId },
        select: { id: true, admittedAt: true },
      });
      if (!call) return null;
      const pages = await manager.find(CallEventPageRow, {
        where: { tenantId, callId, lastSequence: MoreThan(after) },
        order: { firstSequence: 'ASC' },
        take: Math.ceil(limit / PAGE_EVENTS) + 1,
      });
      const length = await manager.maximum(CallEventPageRow, 'lastSequence', { tenantId, callId });
      return { admittedAt: call.admittedAt, pages, length: length ?? 0 };
    });
    if (!found) return null;
    const events: NumberedEvent[] = [];
    for (const page of found.pages) {
      if (events.length >= limit) break;
      events.push(...(await fromEventPage(page)).filter(({ sequence }) => sequence > after));
    }
    return { admittedAt: found.admittedAt, length: found.length, events: events.slice(0, limit) };
  }

  /** Returns the words of a call that were not heard, by the position of their utterance. */
  async unheard(tenantId: TenantId, callId: CallId): Promise<ReadonlyMap<number, string>> {
    const found = await run(this.dataSource, (manager) =>
      manager.findBy(UnheardWordsRow, { tenantId, callId, deleteAfter: MoreThan(new Date()) }),
    );
    return new Map(found.map(({ position, text }) => [position, text]));
  }

  /** Deletes unheard words whose time is over, the oldest first. */
  async deleteUnheard(now: Date): Promise<void> {
    await run(this.dataSource, (manager) =>
      query(
        manager,
        `DELETE FROM unheard_words WHERE (call_id, position) IN (SELECT call_id, position FROM unheard_words
         WHERE delete_after < $1 ORDER BY delete_after LIMIT ${DELETION_BATCH})`,
        [now],
      ),
    );
  }
}
