import type { EventSubject, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { positionOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { query, run, transact } from '../../connection/unit-of-work.ts';

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
  /** JSON of the headers its owner wants sent along; null for none. */
  readonly sealedHeaders: string | null;
  readonly event: {
    readonly type: string;
    readonly subject: EventSubject;
    readonly sequence: number;
    readonly data: unknown;
    readonly createdAt: Date;
  };
}

type DeliveryState = 'pending' | 'delivered' | 'dead';

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

/** Which events are delivered again. Times are of the event itself; `to` is not included. */
interface ReplayRequest {
  readonly eventIds?: readonly string[] | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

export interface ReplayResult {
  readonly replayed: number;
  /** Of those asked for, events that wait to be delivered anyway. */
  readonly alreadyPending: number;
  /**
   * Of the ids asked for, those the endpoint has no event of: never subscribed to, or older than what is
   * kept.
   */
  readonly unknown: number;
}

/** How a try went, when it did not go well. */
interface FailedTry {
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
  sealed_headers: string | null;
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

/** From this many failed tries in a row on, an endpoint gets one delivery at a time, as a probe. */
export const FAILURES_BEFORE_PROBES = 5;
/** Pause after the first failed probe; it doubles with each further one up to the longest. */
const PROBE_PAUSE_MS = 1_000;
const LONGEST_PROBE_PAUSE_MS = 15_000;

/*
 * Deals the free places of a worker. `ranked` lists endpoints with something due, those of each tenant in the
 * order of their last turn; `endpoint` locks as many as there are places, tenants in turn, skipping those
 * another worker deals just now; `picked` locks due deliveries of each; `dealt` ranks them so that every
 * tenant gets a place before one gets its second, and every endpoint of a tenant likewise. While several
 * tenants have endpoints, none holds more than half.
 *
 * $1 free places  $2 places per endpoint  $3, $4 endpoints with deliveries under way in this worker, and how many
 * $5 lease in ms  $6 failures before probes  $7 all places of the worker
 */
const CLAIM = `
WITH held AS (
  SELECT holder.id, holder.tenant_id, load.count FROM unnest($3::uuid[], $4::integer[]) AS load(id, count)
  JOIN webhook_endpoints holder ON holder.id = load.id
), ranked AS (
  SELECT candidate.id, row_number() OVER (PARTITION BY candidate.tenant_id ORDER BY candidate.claimed_at NULLS FIRST, candidate.id)
    + coalesce((SELECT sum(count) FROM held WHERE held.tenant_id = candidate.tenant_id), 0) AS turn
  FROM webhook_endpoints candidate
  WHERE candidate.is_enabled AND (candidate.paused_until IS NULL OR candidate.paused_until <= now())
    AND (candidate.failures < $6 OR candidate.probing_until IS NULL OR candidate.probing_until <= now())
    AND coalesce((SELECT count FROM held WHERE held.id = candidate.id), 0) < $2
    AND EXISTS (SELECT 1 FROM webhook_deliveries due WHERE due.endpoint_id = candidate.id AND due.state = 'pending'
      AND due.next_attempt_at <= now())
), endpoint AS MATERIALIZED (
  SELECT id, tenant_id, url, sealed_secret, sealed_headers, failures, claimed_at,
    CASE WHEN previous_until > now() THEN previous_sealed_secret END AS previous_sealed_secret
  FROM webhook_endpoints
  WHERE id IN (SELECT id FROM ranked ORDER BY turn LIMIT $1)
    AND is_enabled AND (failures < $6 OR probing_until IS NULL OR probing_until <= now())
  FOR UPDATE SKIP LOCKED
), picked AS MATERIALIZED (
  SELECT endpoint.*, pick.event_id, pick.next_attempt_at FROM endpoint CROSS JOIN LATERAL (
    SELECT event_id, next_attempt_at FROM webhook_deliveries
    WHERE endpoint_id = endpoint.id AND state = 'pending' AND next_attempt_at <= now() ORDER BY next_attempt_at
    LIMIT CASE WHEN endpoint.failures >= $6 THEN 1
      ELSE least($1, $2 - coalesce((SELECT count FROM held WHERE held.id = endpoint.id), 0)) END
    FOR UPDATE SKIP LOCKED
  ) pick
), in_turn AS (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY next_attempt_at) AS turn FROM picked
), dealt AS (
  SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY turn, claimed_at NULLS FIRST, id)
    + coalesce((SELECT sum(count) FROM held WHERE held.tenant_id = in_turn.tenant_id), 0) AS place
  FROM in_turn
), due AS (
  SELECT * FROM dealt
  WHERE place <= greatest(1, $7 / 2)
    OR NOT EXISTS (SELECT 1 FROM webhook_endpoints other WHERE other.is_enabled AND other.tenant_id <> dealt.tenant_id)
  ORDER BY place, turn LIMIT $1
), touched AS (
  UPDATE webhook_endpoints SET claimed_at = clock_timestamp(),
    probing_until = CASE WHEN webhook_endpoints.failures >= $6 THEN now() + $5 * interval '1 ms' END
  WHERE id IN (SELECT id FROM due)
)
UPDATE webhook_deliveries delivery SET attempts = delivery.attempts + 1, next_attempt_at = now() + $5 * interval '1 ms'
FROM due JOIN outbox_events event ON event.id = due.event_id
WHERE delivery.endpoint_id = due.id AND delivery.event_id = due.event_id
RETURNING delivery.endpoint_id, delivery.event_id, delivery.tenant_id, delivery.attempts, due.url, due.sealed_secret,
  due.previous_sealed_secret, due.sealed_headers, event.type, event.subject_kind, event.subject_id, event.sequence, event.data,
  event.created_at`;

/** What a worker takes deliveries for. */
interface DeliveryClaim {
  /** Places that are free now, of all the worker has. */
  readonly free: number;
  readonly places: number;
  readonly perEndpoint: number;
  /** Deliveries under way in this worker, by endpoint. */
  readonly underWay: ReadonlyMap<string, number>;
  readonly leaseMs: number;
}

/** What is to be delivered, has been, or was given up. */
export class WebhookDeliveryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes deliveries that are due, for `leaseMs`: one that is not settled by then is due again. Places are
   * dealt to tenants in turn, and to the endpoints of a tenant in the order of their last turn. Any number of
   * workers may claim at once.
   */
  async claim({ free, places, perEndpoint, underWay, leaseMs }: DeliveryClaim): Promise<ClaimedDelivery[]> {
    const held = [[...underWay.keys()], [...underWay.values()]];
    const parameters = [free, perEndpoint, ...held, leaseMs, FAILURES_BEFORE_PROBES, places];
    const found = await run(this.dataSource, (manager) => query<ClaimedRow>(manager, CLAIM, parameters));
    return found.map(toClaimed);
  }

  /**
   * Writes down that the receiver took a try, or answered it at all: its endpoint is dealt deliveries as
   * usual.
   */
  async markReachable(endpointId: string): Promise<void> {
    await run(this.dataSource, (manager) =>
      query(
        manager,
        `UPDATE webhook_endpoints SET failures = 0, probing_until = NULL
         WHERE id = $1 AND (failures > 0 OR probing_until IS NOT NULL)`,
        [endpointId],
      ),
    );
  }

  /**
   * Writes down one more failed try in a row; from {@link FAILURES_BEFORE_PROBES} on the endpoint rests
   * between probes. Tries that were under way before the probes began count no more.
   */
  async markUnreachable(endpointId: string): Promise<void> {
    await run(this.dataSource, (manager) =>
      query(
        manager,
        `UPDATE webhook_endpoints SET failures = least(failures, 1000) + 1, probing_until = NULL,
           paused_until = CASE WHEN failures + 1 < $2 THEN paused_until ELSE greatest(paused_until,
             now() + least($3 * power(2, least(failures + 1 - $2, 20)), $4) * interval '1 ms') END
         WHERE id = $1 AND (failures < $2 OR probing_until IS NOT NULL)`,
        [endpointId, FAILURES_BEFORE_PROBES, PROBE_PAUSE_MS, LONGEST_PROBE_PAUSE_MS],
      ),
    );
  }

  /** Stands whatever another worker has made of it meanwhile. */
  async delivered({ endpointId, eventId }: ClaimedDelivery, status: number): Promise<void> {
    await run(this.dataSource, (manager) =>
      query(
        manager,
        `UPDATE webhook_deliveries SET state = 'delivered', last_status = $3, last_fault = NULL, ` +
          'settled_at = now() WHERE endpoint_id = $1 AND event_id = $2',
        [endpointId, eventId, status],
      ),
    );
  }

  /** Counts only while the try is the latest. */
  async failed(
    { endpointId, eventId, attempt }: ClaimedDelivery,
    { status, fault, retryAfterMs }: FailedTry,
  ): Promise<void> {
    await run(this.dataSource, (manager) =>
      query(
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
      query(
        manager,
        `UPDATE webhook_endpoints SET paused_until = greatest(paused_until, now() + $2 * interval '1 ` +
          `ms') WHERE id = $1`,
        [endpointId, forMs],
      ),
    );
  }

  /** It has said that it is gone. What waits for it waits until an operator enables it again. */
  async disable(endpointId: string): Promise<void> {
    await run(this.dataSource, (manager) =>
      query(
        manager,
        `UPDATE webhook_endpoints SET is_enabled = false, disabled_because = 'gone' WHERE id = $1 AND ` +
          'is_enabled',
        [endpointId],
      ),
    );
  }

  /** Newest event first. @throws CursorMalformed */
  async list(
    tenantId: TenantId,
    endpointId: string,
    state: DeliveryState | undefined,
    page: PageRequest,
  ): Promise<Page<Delivery>> {
    const after = page.cursor === undefined ? null : positionOf(page.cursor);
    const found = await run(this.dataSource, (manager) =>
      query<DeliveryRow>(
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

  /**
   * Has events delivered again, from the first try on and under the ids they had: the named ones and those of
   * a time whatever became of them, otherwise all that were given up.
   */
  async replay(tenantId: TenantId, endpointId: string, asked: ReplayRequest): Promise<ReplayResult> {
    const { eventIds = null, from = null, to = null } = asked;
    return transact(this.dataSource, async (transaction) => {
      const parameters = [tenantId, endpointId, eventIds === null ? null : [...eventIds], from, to];
      const chosen = `delivery.tenant_id = $1 AND delivery.endpoint_id = $2 AND event.id = delivery.event_id
        AND ($3::uuid[] IS NULL OR delivery.event_id = ANY($3))
        AND ($4::timestamptz IS NULL OR event.created_at >= $4) AND ($5::timestamptz IS NULL OR event.created_at < $5)`;
      const pending = `SELECT count(*)::integer AS count FROM webhook_deliveries delivery, outbox_events event
        WHERE ${chosen} AND delivery.state = 'pending'`;
      const [waiting] = await query<{ count: number }>(transaction, pending, parameters);
      const isChosen = eventIds !== null || from !== null || to !== null;
      const replayed = await query(
        transaction,
        `UPDATE webhook_deliveries delivery SET state = 'pending', attempts = 0, next_attempt_at = now(), settled_at = NULL
         FROM outbox_events event WHERE ${chosen} AND delivery.state = ANY($6) RETURNING 1`,
        [...parameters, isChosen ? ['dead', 'delivered'] : ['dead']],
      );
      const [found, alreadyPending] = [replayed.length, waiting?.count ?? 0];
      return {
        replayed: found,
        alreadyPending,
        unknown: eventIds === null ? 0 : new Set(eventIds).size - found - alreadyPending,
      };
    });
  }

  /** How many wait at enabled endpoints, and for how long the oldest has been due, in s. */
  async backlog(): Promise<{ readonly pending: number; readonly dead: number; readonly oldestDueS: number }> {
    const [row] = await run(this.dataSource, (manager) =>
      query<{ pending: number; dead: number; oldest: number }>(
        manager,
        `SELECT count(*) FILTER (WHERE state = 'pending')::integer AS pending, count(*) FILTER (WHERE state = 'dead')::integer AS dead,
           coalesce(extract(epoch FROM now() - min(delivery.next_attempt_at) FILTER (WHERE state = 'pending' AND next_attempt_at < now())), 0)::float8 AS oldest
         FROM webhook_deliveries delivery JOIN webhook_endpoints endpoint ON endpoint.id = delivery.endpoint_id AND endpoint.is_enabled WHERE delivery.state <> 'delivered'`,
      ),
    );
    return { pending: row?.pending ?? 0, dead: row?.dead ?? 0, oldestDueS: row?.oldest ?? 0 };
  }

  /**
   * Forgets up to 10,000 events older than this with their deliveries, and the numbers of subjects that rest.
   * @returns how many events
   */
  async purge(olderThan: Date): Promise<number> {
    return run(this.dataSource, async (manager) => {
      const purged = await query(
        manager,
        'DELETE FROM outbox_events WHERE id IN (SELECT id FROM outbox_events WHERE created_at < $1 ' +
          'ORDER BY created_at LIMIT 10000) RETURNING 1',
        [olderThan],
      );
      await query(
        manager,
        'DELETE FROM outbox_sequences WHERE (tenant_id, subject_kind, subject_id) IN (SELECT tenant_id, ' +
          'subject_kind, subject_id FROM outbox_sequences WHERE changed_at < $1 ORDER BY changed_at LIMIT ' +
          '10000)',
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
  sealedHeaders: row.sealed_headers,
  event: {
    type: row.type,
    subject: { kind: row.subject_kind, id: row.subject_id },
    sequence: row.sequence,
    data: row.data,
    createdAt: row.created_at,
  },
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
