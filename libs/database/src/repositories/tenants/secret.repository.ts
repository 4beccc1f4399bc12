import type { TenantId } from '@tandem/contracts';
import { In, type DataSource } from 'typeorm';
import { acrossTenants, run, transact } from '../../connection/unit-of-work.ts';
import { TenantSecretRow } from '../../entities/tenant.entities.ts';
import { lockName } from '../../queries/locks.ts';
import { findSecretsSealedOtherwise, putSecret, type SealedSecret } from '../../queries/tenant-secrets.ts';

/** The most secrets a tenant can have. */
export const MAX_TENANT_SECRETS = 50;

export interface TenantSecret {
  readonly name: string;
  readonly updatedAt: Date;
}

/** Secrets of tenants, sealed. */
export class SecretRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By name, without values. */
  list(tenantId: TenantId): Promise<TenantSecret[]> {
    return run(this.dataSource, tenantId, (manager) =>
      manager.find(TenantSecretRow, {
        select: { name: true, updatedAt: true },
        where: { tenantId },
        order: { name: 'ASC' },
        take: MAX_TENANT_SECRETS,
      }),
    );
  }

  find(tenantId: TenantId, name: string): Promise<TenantSecret | null> {
    return run(this.dataSource, tenantId, (manager) =>
      manager.findOne(TenantSecretRow, {
        select: { name: true, updatedAt: true },
        where: { tenantId, name },
      }),
    );
  }

  /** Returns the sealed values of secrets by name; those the tenant has not are absent. */
  async sealed(tenantId: TenantId, names: readonly string[]): Promise<Record<string, string>> {
    const found = await run(this.dataSource, tenantId, (manager) =>
      manager.find(TenantSecretRow, {
        select: { name: true, sealed: true },
        where: { tenantId, name: In([...names]) },
      }),
    );
    return Object.fromEntries(found.map(({ name, sealed }) => [name, sealed]));
  }

  /** `full`: the tenant has {@link MAX_TENANT_SECRETS} others. */
  async put({ tenantId, ...secret }: SealedSecret): Promise<'stored' | 'full'> {
    const isStored = await transact(this.dataSource, tenantId, async (transaction) => {
      await lockName(transaction, `secrets:${tenantId}`);
      return putSecret(transaction, tenantId, secret, MAX_TENANT_SECRETS);
    });
    return isStored ? 'stored' : 'full';
  }

  async delete(tenantId: TenantId, name: string): Promise<void> {
    await run(this.dataSource, tenantId, (manager) => manager.delete(TenantSecretRow, { tenantId, name }));
  }

  /** Returns secrets that were sealed with another key, up to a hundred: those after the given one. */
  sealedOtherwise(
    keyId: string,
    after: Pick<SealedSecret, 'tenantId' | 'name'> | null = null,
  ): Promise<SealedSecret[]> {
    return acrossTenants(this.dataSource, 'upkeep', (manager) =>
      findSecretsSealedOtherwise(manager, keyId, after),
    );
  }

  /** Replaces a sealed value that nobody has changed since. */
  async reseal({ tenantId, name, sealed }: SealedSecret, again: string): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      manager.update(TenantSecretRow, { tenantId, name, sealed }, { sealed: again }),
    );
  }
}
