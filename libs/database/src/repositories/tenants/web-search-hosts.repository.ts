import type { TenantId, WebSearchHosts } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run } from '../../connection/unit-of-work.ts';
import { WebSearchHostsRow } from '../../entities/web-search.entities.ts';

/** The hosts that tenants' agents may find on the web. */
export class WebSearchHostsRepository {
  constructor(private readonly dataSource: DataSource) {}

  async get(tenantId: TenantId): Promise<WebSearchHosts> {
    const row = await run(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(WebSearchHostsRow, { tenantId }),
    );
    return { allowed: row?.allowed ?? [], denied: row?.denied ?? [] };
  }

  async put(tenantId: TenantId, { allowed, denied }: WebSearchHosts): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      manager.upsert(WebSearchHostsRow, { tenantId, allowed, denied }, ['tenantId']),
    );
  }
}
