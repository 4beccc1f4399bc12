import { TEST_EVENT, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { acrossTenants, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import type { CrmConnection, CrmConnectionChange, CrmConnectionFields } from '../../entities/crm.ts';
import { CrmConnectionRow } from '../../entities/crm.entities.ts';
import {
  findConnection,
  findCredentialsSealedOtherwise,
  insertConnection,
  listConnections,
  updateConnection,
} from '../../queries/crm/crm-connections.ts';
import { startOf, toPageByTime, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { writeEvent } from '../webhooks/outbox.ts';

export const MAX_CRM_CONNECTIONS = 10;

/** Connections to the CRMs of businesses. */
export class CrmConnectionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Null when the tenant has {@link MAX_CRM_CONNECTIONS}. */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: CrmConnectionFields,
  ): Promise<CrmConnection | null> {
    const most = MAX_CRM_CONNECTIONS;
    const isStored = await insertConnection(transaction, tenantId, id, storable(fields), most);
    return isStored ? findConnection(transaction, tenantId, id) : null;
  }

  /** Newest first. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<CrmConnection>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) =>
      listConnections(manager, tenantId, start, page.limit + 1),
    );
    return toPageByTime(found, page.limit, (connection) => connection);
  }

  find(tenantId: TenantId, id: string): Promise<CrmConnection | null> {
    return run(this.dataSource, tenantId, (manager) => findConnection(manager, tenantId, id));
  }

  /** Null when there is no such connection. */
  async change(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: CrmConnectionChange,
  ): Promise<CrmConnection | null> {
    await updateConnection(transaction, tenantId, id, storable(fields));
    return findConnection(transaction, tenantId, id);
  }

  async delete(tenantId: TenantId, id: string): Promise<void> {
    await run(this.dataSource, tenantId, (manager) => manager.delete(CrmConnectionRow, { tenantId, id }));
  }

  /** Writes a test event for the connection. @returns whether there is such a connection */
  async test(tenantId: TenantId, id: string): Promise<boolean> {
    return transact(this.dataSource, tenantId, async (transaction) => {
      if (!(await findConnection(transaction, tenantId, id))) return false;
      const subject = { kind: 'endpoint', id } as const;
      await writeEvent(transaction, { tenantId, type: TEST_EVENT, subject, data: { endpointId: id } });
      return true;
    });
  }

  /** Returns credentials that another key has sealed: up to 100, of any tenant. */
  sealedOtherwise(
    keyId: string,
  ): Promise<{ readonly id: string; readonly tenantId: TenantId; readonly sealed: string }[]> {
    return acrossTenants(this.dataSource, 'upkeep', (manager) =>
      findCredentialsSealedOtherwise(manager, keyId),
    );
  }

  /** Replaces sealed credentials that nobody has changed since. */
  async reseal(tenantId: TenantId, id: string, before: string, after: string): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      manager.update(CrmConnectionRow, { id, sealedCredentials: before }, { sealedCredentials: after }),
    );
  }
}
