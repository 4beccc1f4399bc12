import type { EventSubject, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { positionOf, toPage, type Page, type PageRequest } from '../page.ts';
import { rows, run } from '../unit-of-work.ts';

/** One try of one delivery, taken by one worker. */
export interface ClaimedDelivery {
  readonly endpointId: string;
  readonly eventId: string;
  readonly tenantId: TenantId;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly url: string;
  readonly sealedSecret: string;
  /** Signs along; null when there is none, or its time is over. */
  readonly previousSealedSecret: string | null;
  readonly event: { readonly type: string; readonly subject: EventSubject; readonly sequence: number; readonly data: unknown; readonly createdAt: Date };
}

export type DeliveryState = 'pending' | 'delivered' | 'dead';

export interface Delivery {
  readonly eventId: string;
  readonly type: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** When it is tried next; null when it is not. */
  readonly nextAttemptAt: Date | null;
  /** HTTP status of the last answer; null when there was none. */
  readonly lastStatus: number | null;
  /** What went wrong last, as a word. */
  readonly lastFault: string | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

/** How a try went, when it did not go well. */
export interface FailedTry {
  readonly status: number | null;
  readonly fault: string;
  /** Null to give it up. */
  readonly retryAfterMs: number | null;
}

interface ClaimedRow {
  endpoint_id: string;
  event_id: string;
  tenant_id: TenantId;
  attempts: number;
  url: string;
  sealed_secret: string;
  previous_sealed_secret: string | null;
  type: string;
  subject_kind: EventSubject['kind'];
  subject_id: string;
  sequence: number;
  data: unknown;
  created_at: Date;
}

interface DeliveryRow {
  event_id: string;
  type: string;
  state: DeliveryState;
  attempts: number;
  next_attempt_at: Date;
  last_status: number | null;
  last_fault: string | null;
  created_at: Date;
  settled_at: Date | null;
}

/** Each endpoint is asked for a few of its own, so that one with a long queue does not keep the others waiting. */
const CLAIM = `
WITH due AS (
  SELECT endpoint.id AS endpoint_id, picked.event_id, endpoint.url, endpoint.sealed_secret,
    CASE WHEN endpoint.previous_until > now() THEN endpoint.previous_sealed_secret END AS previous_sealed_secret
  FROM webhook_endpoints endpoint CROSS JOIN LATERAL (
    SELECT event_id FROM webhook_deliveries WHERE endpoint_id = endpoint.id AND state = 'pending' AND next_attempt_at <= now()
    ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED
  ) picked
  WHERE endpoint.is_enabled AND (endpoint.paused_until IS NULL OR endpoint.paused_until <= now()) AND endpoint.id <> ALL($3::uuid[])
  LIMIT $1
)
UPDATE webhook_deliveries delivery SET attempts = delivery.attempts + 1, next_attempt_at = now() + $4 * interval '1 ms'
FROM due JOIN outbox_events event ON event.id = due.event_id
WHERE delivery.endpoint_id = due.endpoint_id AND delivery.event_id = due.event_id
RETURNING delivery.endpoint_id, delivery.event_id, delivery.tenant_id, delivery.attempts, due.url, due.sealed_secret, due.previous_sealed_secret,
  event.type, event.subject_kind, event.subject_id, event.sequence, event.data, event.created_at`;

/** What is to be delivered, has been, or was given up. */
export class WebhookDeliveryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes deliveries that are due, for `leaseMs`: whoever has not settled one by then is taken for dead, and it is due
   * again. Any number of workers may claim at once.
   * @param busy endpoints that are to be left alone
   */
  async claim(options: { readonly limit: number; readonly perEndpoint: number; readonly busy: readonly string[]; readonly leaseMs: number }): Promise<ClaimedDelivery[]> {
    const found = await run(this.dataSource, (manager) => rows<ClaimedRow>(manager, CLAIM, [options.limit, options.perEndpoint, [...options.busy], options.leaseMs]));
    return found.map(toClaimed);
  }

  /** Stands whatever another worker has made of it meanwhile. */
  async delivered({ endpointId, eventId }: ClaimedDelivery, status: number): Promise<void> {
    await run(this.dataSource, (manager) =>
      rows(manager, `UPDATE webhook_deliveries SET state = 'delivered', last_status = $3, last_fault = NULL, settled_at = now() WHERE endpoint_id = $1 AND event_id = $2`, [endpointId, eventId, status]),
    );
  }

  /** Counts only while the try is the latest. */
  async failed({ endpointId, eventId, attempt }: ClaimedDelivery, { status, fault, retryAfterMs }: FailedTry): Promise<void> {
    await run(this.dataSource, (manager) =>
      rows(
        manager,
        `UPDATE webhook_deliveries SET last_status = $4, last_fault = $5, next_attempt_at = now() + coalesce($6::float8, 0) * interval '1 ms',
           state = CASE WHEN $6::float8 IS NULL THEN 'dead' ELSE 'pending' END, settled_at = CASE WHEN $6::float8 IS NULL THEN now() END
         WHERE endpoint_id = $1 AND event_id = $2 AND attempts = $3 AND state = 'pending'`,
        [endpointId, eventId, attempt, status, fault, retryAfterMs],
      ),
    );
  }

  /** Nothing is sent to the endpoint for so long. */
  async pause(endpointId: string, forMs: number): Promise<void> {
    await run(this.dataSource, (manager) =>
      rows(manager, `UPDATE webhook_endpoints SET paused_until = greatest(paused_until, now() + $2 * interval '1 ms') WHERE id = $1`, [endpointId, forMs]),
    );
  }

  /** It has said that it is gone. What waits for it waits until an operator enables it again. */
  async disable(endpointId: string): Promise<void> {
    await run(this.dataSource, (manager) => rows(manager, `UPDATE webhook_endpoints SET is_enabled = false, disabled_because = 'gone' WHERE id = $1 AND is_enabled`, [endpointId]));
  }

  /** Newest event first. @throws CursorMalformed */
  async list(tenantId: TenantId, endpointId: string, state: DeliveryState | undefined, page: PageRequest): Promise<Page<Delivery>> {
    const after = page.cursor === undefined ? null : positionOf(page.cursor);
    const found = await run(this.dataSource, (manager) =>
      rows<DeliveryRow>(
        manager,
        `SELECT event.id AS event_id, event.type, delivery.state, delivery.attempts, delivery.next_attempt_at, delivery.last_status, delivery.last_fault, event.created_at, delivery.settled_at
         FROM webhook_deliveries delivery JOIN outbox_events event ON event.id = delivery.event_id
         WHERE delivery.tenant_id = $1 AND delivery.endpoint_id = $2 AND ($3::text IS NULL OR delivery.state = $3)
           AND ($4::timestamptz IS NULL OR (event.created_at, event.id) < ($4, $5::uuid))
         ORDER BY event.created_at DESC, event.id DESC LIMIT $6`,
        [tenantId, endpointId, state ?? null, after?.at ?? null, after?.id ?? null, page.limit + 1],
      ),
    );
    return toPage(found, page.limit, (row) => ({ at: row.created_at, id: row.event_id }), toDelivery);
  }

  /** Has what was given up delivered after all, from the first try on: these events, or all of them. @returns how many */
  async replay(tenantId: TenantId, endpointId: string, eventIds: readonly string[] | null): Promise<number> {
    const replayed = await run(this.dataSource, (manager) =>
      rows(
        manager,
        `UPDATE webhook_deliveries SET state = 'pending', attempts = 0, next_attempt_at = now(), settled_at = NULL
         WHERE tenant_id = $1 AND endpoint_id = $2 AND state = 'dead' AND ($3::uuid[] IS NULL OR event_id = ANY($3)) RETURNING 1`,
        [tenantId, endpointId, eventIds === null ? null : [...eventIds]],
      ),
    );
    return replayed.length;
  }

  /** How many wait at enabled endpoints, and for how long the oldest has been due, in s. */
  async backlog(): Promise<{ readonly pending: number; readonly dead: number; readonly oldestDueS: number }> {
    const [row] = await run(this.dataSource, (manager) =>
      rows<{ pending: number; dead: number; oldest: number }>(
        manager,
        `SELECT count(*) FILTER (WHERE state = 'pending')::integer AS pending, count(*) FILTER (WHERE state = 'dead')::integer AS dead,
           coalesce(extract(epoch FROM now() - min(delivery.next_attempt_at) FILTER (WHERE state = 'pending' AND next_attempt_at < now())), 0)::float8 AS oldest
         FROM webhook_deliveries delivery JOIN webhook_endpoints endpoint ON endpoint.id = delivery.endpoint_id AND endpoint.is_enabled WHERE delivery.state <> 'delivered'`,
      ),
    );
    return { pending: row?.pending ?? 0, dead: row?.dead ?? 0, oldestDueS: row?.oldest ?? 0 };
  }

  /** Forgets up to 10,000 events older than this with their deliveries, and the numbers of subjects that rest. @returns how many events */
  async purge(olderThan: Date): Promise<number> {
    return run(this.dataSource, async (manager) => {
      const purged = await rows(manager, 'DELETE FROM outbox_events WHERE id IN (SELECT id FROM outbox_events WHERE created_at < $1 ORDER BY created_at LIMIT 10000) RETURNING 1', [olderThan]);
      await rows(
        manager,
        `DELETE FROM outbox_sequences WHERE (tenant_id, subject_kind, subject_id) IN (SELECT tenant_id, subject_kind, subject_id FROM outbox_sequences WHERE changed_at < $1 ORDER BY changed_at LIMIT 10000)`,
        [new Date(olderThan.getTime() - SEQUENCE_REST_MS)],
      );
      return purged.length;
    });
  }
}

/** A booking may be moved a year after it was made; its events go on being numbered. */
const SEQUENCE_REST_MS = 366 * 86_400_000;

const toClaimed = (row: ClaimedRow): ClaimedDelivery => ({
  endpointId: row.endpoint_id,
  eventId: row.event_id,
  tenantId: row.tenant_id,
  attempt: row.attempts,
  url: row.url,
  sealedSecret: row.sealed_secret,
  previousSealedSecret: row.previous_sealed_secret,
  event: { type: row.type, subject: { kind: row.subject_kind, id: row.subject_id }, sequence: row.sequence, data: row.data, createdAt: row.created_at },
});

const toDelivery = (row: DeliveryRow): Delivery => ({
  eventId: row.event_id,
  type: row.type,
  state: row.state,
  attempts: row.attempts,
  nextAttemptAt: row.state === 'pending' ? row.next_attempt_at : null,
  lastStatus: row.last_status,
  lastFault: row.last_fault,
  createdAt: row.created_at,
  settledAt: row.settled_at,
});
