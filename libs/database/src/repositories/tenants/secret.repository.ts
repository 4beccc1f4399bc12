import type { TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run } from '../../connection/unit-of-work.ts';
import { TenantSecretRow } from '../../entities/tenant.entities.ts';
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
    return run(this.dataSource, (manager) =>
      manager.find(TenantSecretRow, {
        select: { name: true, updatedAt: true },
        where: { tenantId },
        order: { name: 'ASC' },
        take: MAX_TENANT_SECRETS,
      }),
    );
  }

  find(tenantId: TenantId, name: string): Promise<TenantSecret | null> {
    return run(this.dataSource, (manager) =>
      manager.findOne(TenantSecretRow, {
        select: { name: true, updatedAt: true },
        where: { tenantId, name },
      }),
    );
  }

  /** Returns a secret, sealed; null when there is none. */
  async sealed(tenantId: TenantId, name: string): Promise<string | null> {
    const found = await run(this.dataSource, (manager) =>
      manager.findOneBy(TenantSecretRow, { tenantId, name }),
    );
    return found?.sealed ?? null;
  }

  /** `full`: the tenant has {@link MAX_TENANT_SECRETS} others. */
  async put({ tenantId, ...secret }: SealedSecret): Promise<'stored' | 'full'> {
    const isStored = await run(this.dataSource, (manager) =>
      putSecret(manager, tenantId, secret, MAX_TENANT_SECRETS),
    );
    return isStored ? 'stored' : 'full';
  }

  async delete(tenantId: TenantId, name: string): Promise<void> {
    await run(this.dataSource, (manager) => manager.delete(TenantSecretRow, { tenantId, name }));
  }

  /** Returns secrets that were sealed with another key, up to a hundred. */
  sealedOtherwise(keyId: string): Promise<SealedSecret[]> {
    return run(this.dataSource, (manager) => findSecretsSealedOtherwise(manager, keyId));
  }

  /** Replaces a sealed value that nobody has changed since. */
  async reseal({ tenantId, name, sealed }: SealedSecret, again: string): Promise<void> {
    await run(this.dataSource, (manager) =>
      manager.update(TenantSecretRow, { tenantId, name, sealed }, { sealed: again }),
    );
  }
}
