import { storableText, TEST_EVENT, type BusinessEventType, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { positionOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { query, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { writeEvent } from './outbox.ts';

export interface WebhookEndpoint {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly url: string;
  readonly description: string;
  /** None for all. */
  readonly events: readonly BusinessEventType[];
  /** Names of the headers sent along; their values are sealed and not told. */
  readonly headerNames: readonly string[];
  readonly isEnabled: boolean;
  /** `gone`: it answered that nothing will ever be here again (410). */
  readonly disabledBecause: 'operator' | 'gone' | null;
  readonly createdAt: Date;
  /** Events that wait for it, and those that were given up. */
  readonly pending: number;
  readonly dead: number;
}

/** Headers of the receiver's own, their values sealed; `sealed` is null for none. */
export interface SealedHeaders {
  readonly names: readonly string[];
  readonly sealed: string | null;
}

type EndpointFields = Pick<WebhookEndpoint, 'url' | 'description' | 'events' | 'isEnabled'> & {
  readonly headers: SealedHeaders;
};

/** An endpoint's secrets, sealed. The previous one signs along until `previousUntil`. */
interface SealedSecrets {
  readonly sealedSecret: string;
  readonly previousSealedSecret: string | null;
  readonly previousUntil: Date | null;
}

type Resealed = Pick<SealedSecrets, 'sealedSecret'> & { readonly sealedHeaders: string | null };

interface EndpointRow {
  id: string;
  tenant_id: TenantId;
  url: string;
  description: string;
  events: BusinessEventType[];
  header_names: string[];
  is_enabled: boolean;
  disabled_because: 'operator' | 'gone' | null;
  created_at: Date;
  pending: number;
  dead: number;
}

const VIEW = `
SELECT endpoint.id, endpoint.tenant_id, endpoint.url, endpoint.description, endpoint.events, endpoint.header_names, endpoint.is_enabled, endpoint.disabled_because, endpoint.created_at,
  (SELECT count(*)::integer FROM webhook_deliveries WHERE endpoint_id = endpoint.id AND state = 'pending') AS pending,
  (SELECT count(*)::integer FROM webhook_deliveries WHERE endpoint_id = endpoint.id AND state = 'dead') AS dead
FROM webhook_endpoints endpoint WHERE endpoint.tenant_id = $1`;

export const MAX_WEBHOOK_ENDPOINTS = 50;

/** Where business systems are told what happens. */
export class WebhookEndpointRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Null when the tenant has as many as it may. */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: EndpointFields,
    sealedSecret: string,
  ): Promise<WebhookEndpoint | null> {
    const made = await query(
      transaction,
      `INSERT INTO webhook_endpoints (id, tenant_id, url, description, events, is_enabled, disabled_because, sealed_secret, header_names, sealed_headers)
       SELECT $1, $2, $3, $4, $5, $6, CASE WHEN $6 THEN NULL ELSE 'operator' END, $7, $8, $9
       WHERE (SELECT count(*) FROM webhook_endpoints WHERE tenant_id = $2) < ${MAX_WEBHOOK_ENDPOINTS} RETURNING 1`,
      [
        id,
        tenantId,
        fields.url,
        storableText(fields.description),
        [...fields.events],
        fields.isEnabled,
        sealedSecret,
        [...fields.headers.names],
        fields.headers.sealed,
      ],
    );
    return made.length === 0 ? null : this.read(transaction, tenantId, id);
  }

  /** Newest first. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<WebhookEndpoint>> {
    const after = page.cursor === undefined ? null : positionOf(page.cursor);
    const found = await run(this.dataSource, (manager) =>
      query<EndpointRow>(
        manager,
        `${VIEW} AND ($2::timestamptz IS NULL OR (endpoint.created_at, endpoint.id) < ($2, $3::uuid)) ` +
          'ORDER BY endpoint.created_at DESC, endpoint.id DESC LIMIT $4',
        [tenantId, after?.at ?? null, after?.id ?? null, page.limit + 1],
      ),
    );
    return toPage(found, page.limit, (row) => ({ at: row.created_at, id: row.id }), toEndpoint);
  }

  async find(tenantId: TenantId, id: string): Promise<WebhookEndpoint | null> {
    return run(this.dataSource, (manager) => this.read(manager, tenantId, id));
  }

  /** What is absent stays. Enabling it again forgets why it was disabled. Null when there is none. */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: { readonly [Field in keyof EndpointFields]?: EndpointFields[Field] | undefined },
  ): Promise<WebhookEndpoint | null> {
    const { url = null, description = null, events = null, isEnabled = null, headers } = fields;
    await query(
      transaction,
      `UPDATE webhook_endpoints SET url = coalesce($3, url), description = coalesce($4, description), events = coalesce($5, events),
         is_enabled = coalesce($6, is_enabled), paused_until = NULL, failures = 0, probing_until = NULL,
         header_names = coalesce($7, header_names), sealed_headers = CASE WHEN $7::text[] IS NULL THEN sealed_headers ELSE $8 END,
         disabled_because = CASE WHEN coalesce($6, is_enabled) THEN NULL ELSE coalesce(disabled_because, 'operator') END
       WHERE tenant_id = $1 AND id = $2`,
      [
        tenantId,
        id,
        url,
        description === null ? null : storableText(description),
        events === null ? null : [...events],
        isEnabled,
        headers ? [...headers.names] : null,
        headers?.sealed ?? null,
      ],
    );
    return this.read(transaction, tenantId, id);
  }

  async delete(tenantId: TenantId, id: string): Promise<void> {
    await run(this.dataSource, (manager) =>
      query(manager, 'DELETE FROM webhook_endpoints WHERE tenant_id = $1 AND id = $2', [tenantId, id]),
    );
  }

  async secrets(tenantId: TenantId, id: string): Promise<SealedSecrets | null> {
    const [row] = await run(this.dataSource, (manager) =>
      query<{ sealed_secret: string; previous_sealed_secret: string | null; previous_until: Date | null }>(
        manager,
        'SELECT sealed_secret, previous_sealed_secret, previous_until FROM webhook_endpoints WHERE ' +
          'tenant_id = $1 AND id = $2',
        [tenantId, id],
      ),
    );
    return row
      ? {
          sealedSecret: row.sealed_secret,
          previousSealedSecret: row.previous_sealed_secret,
          previousUntil: row.previous_until,
        }
      : null;
  }

  /** The secret there was signs along until then. @returns whether there is such an endpoint */
  async rotateSecret(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    sealedSecret: string,
    previousUntil: Date,
  ): Promise<boolean> {
    const changed = await query(
      transaction,
      'UPDATE webhook_endpoints SET previous_sealed_secret = sealed_secret, previous_until = $4, ' +
        'sealed_secret = $3 WHERE tenant_id = $1 AND id = $2 RETURNING 1',
      [tenantId, id, sealedSecret, previousUntil],
    );
    return changed.length === 1;
  }

  /** Returns endpoints with something that is not sealed by this key: up to 100, of any tenant. */
  async sealedOtherwise(
    keyId: string,
  ): Promise<
    { readonly id: string; readonly sealedSecret: string; readonly sealedHeaders: string | null }[]
  > {
    return run(this.dataSource, (manager) =>
      query(
        manager,
        `SELECT id, sealed_secret AS "sealedSecret", sealed_headers AS "sealedHeaders" FROM webhook_endpoints
         WHERE split_part(sealed_secret, '.', 1) <> $1 OR split_part(sealed_headers, '.', 1) <> $1 LIMIT 100`,
        [keyId],
      ),
    );
  }

  /** Keeps the same secret and headers under other seals, each unless it was replaced meanwhile. */
  async reseal(id: string, before: Resealed, after: Resealed): Promise<void> {
    await run(this.dataSource, (manager) =>
      query(
        manager,
        `UPDATE webhook_endpoints SET sealed_secret = CASE WHEN sealed_secret = $2 THEN $3 ELSE sealed_secret END,
           sealed_headers = CASE WHEN sealed_headers = $4 THEN $5 ELSE sealed_headers END WHERE id = $1`,
        [id, before.sealedSecret, after.sealedSecret, before.sealedHeaders, after.sealedHeaders],
      ),
    );
  }

  /** Sends it an event that says so. @returns whether there is such an endpoint */
  async test(tenantId: TenantId, id: string): Promise<boolean> {
    return transact(this.dataSource, async (transaction) => {
      const endpoint = await this.read(transaction, tenantId, id);
      if (endpoint)
        await writeEvent(transaction, {
          tenantId,
          type: TEST_EVENT,
          subject: { kind: 'endpoint', id },
          data: { endpointId: id },
        });
      return endpoint !== null;
    });
  }

  private async read(manager: Transaction, tenantId: TenantId, id: string): Promise<WebhookEndpoint | null> {
    const [row] = await query<EndpointRow>(manager, `${VIEW} AND endpoint.id = $2`, [tenantId, id]);
    return row ? toEndpoint(row) : null;
  }
}

const toEndpoint = (row: EndpointRow): WebhookEndpoint => ({
  id: row.id,
  tenantId: row.tenant_id,
  url: row.url,
  description: row.description,
  events: row.events,
  headerNames: row.header_names,
  isEnabled: row.is_enabled,
  disabledBecause: row.disabled_because,
  createdAt: row.created_at,
  pending: row.pending,
  dead: row.dead,
});
