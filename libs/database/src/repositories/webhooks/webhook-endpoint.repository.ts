import { TEST_EVENT, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { acrossTenants, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { WebhookEndpointRow } from '../../entities/outbox.entities.ts';
import {
  findEndpoint,
  findSealedOtherwise,
  findUnknownFilters,
  insertEndpoint,
  listEndpoints,
  replaceSealed,
  updateEndpoint,
  type EndpointChange,
  type EndpointFields,
  type EndpointFilters,
  type SealedParts,
  type WebhookEndpoint,
} from '../../queries/endpoints.ts';
import { startOf, toPageByTime, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { writeEvent } from './outbox.ts';

/** An endpoint's secrets, sealed. The previous one signs as well until `previousUntil`. */
type SealedSecrets = Readonly<
  Pick<WebhookEndpointRow, 'sealedSecret' | 'previousSealedSecret' | 'previousUntil'>
>;

export const MAX_WEBHOOK_ENDPOINTS = 50;

/** Endpoints of business systems. */
export class WebhookEndpointRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Null when the tenant has {@link MAX_WEBHOOK_ENDPOINTS}. */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: EndpointFields,
    sealedSecret: string,
  ): Promise<WebhookEndpoint | null> {
    const most = MAX_WEBHOOK_ENDPOINTS;
    const isStored = await insertEndpoint(transaction, tenantId, id, storable(fields), sealedSecret, most);
    return isStored ? findEndpoint(transaction, tenantId, id) : null;
  }

  /** Newest first. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<WebhookEndpoint>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) =>
      listEndpoints(manager, tenantId, start, page.limit + 1),
    );
    return toPageByTime(found, page.limit, (endpoint) => endpoint);
  }

  find(tenantId: TenantId, id: string): Promise<WebhookEndpoint | null> {
    return run(this.dataSource, tenantId, (manager) => findEndpoint(manager, tenantId, id));
  }

  /** Null when there is no such endpoint. */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: EndpointChange,
  ): Promise<WebhookEndpoint | null> {
    await updateEndpoint(transaction, tenantId, id, storable(fields));
    return findEndpoint(transaction, tenantId, id);
  }

  /** Returns the ids of filters that are of nothing the tenant has. */
  unknownIn(
    tenantId: TenantId,
    filters: EndpointFilters,
  ): Promise<{ kind: keyof EndpointFilters; id: string }[]> {
    return run(this.dataSource, tenantId, (manager) => findUnknownFilters(manager, tenantId, filters));
  }

  async delete(tenantId: TenantId, id: string): Promise<void> {
    await run(this.dataSource, tenantId, (manager) => manager.delete(WebhookEndpointRow, { tenantId, id }));
  }

  async secrets(tenantId: TenantId, id: string): Promise<SealedSecrets | null> {
    const found = await run(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(WebhookEndpointRow, { tenantId, id }),
    );
    if (!found) return null;
    const { sealedSecret, previousSealedSecret, previousUntil } = found;
    return { sealedSecret, previousSealedSecret, previousUntil };
  }

  /** The replaced secret signs as well until then. @returns whether there is such an endpoint */
  async rotateSecret(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    sealedSecret: string,
    previousUntil: Date,
  ): Promise<boolean> {
    const { affected } = await transaction.update(
      WebhookEndpointRow,
      { tenantId, id },
      { previousSealedSecret: () => 'sealed_secret', previousUntil, sealedSecret },
    );
    return affected === 1;
  }

  /** Returns endpoints with a part that another key has sealed: up to 100, of any tenant. */
  sealedOtherwise(
    keyId: string,
  ): Promise<(SealedParts & { readonly id: string; readonly tenantId: TenantId })[]> {
    return acrossTenants(this.dataSource, 'upkeep', (manager) => findSealedOtherwise(manager, keyId));
  }

  /** Stores the same secret and headers under another key, each unless it was replaced meanwhile. */
  reseal(tenantId: TenantId, id: string, before: SealedParts, after: SealedParts): Promise<void> {
    return run(this.dataSource, tenantId, (manager) => replaceSealed(manager, id, before, after));
  }

  /** Sends a test event to the endpoint. @returns whether there is such an endpoint */
  async test(tenantId: TenantId, id: string): Promise<boolean> {
    return transact(this.dataSource, tenantId, async (transaction) => {
      if (!(await findEndpoint(transaction, tenantId, id))) return false;
      const subject = { kind: 'endpoint', id } as const;
      await writeEvent(transaction, { tenantId, type: TEST_EVENT, subject, data: { endpointId: id } });
      return true;
    });
  }
}
