import { Inject, Injectable } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import { TENANT_SECRETS_PURPOSE, tenantSecretPlace, type TenantId } from '@tandem/contracts';
import { MAX_TENANT_SECRETS, SecretRepository, type TenantSecret } from '@tandem/database';
import { CONFIG, deriveKeys, Problem, type ServiceConfig } from '@tandem/platform';

/** Secrets of tenants for the tools of their agents. Their values go in and never come out. */
@Injectable()
export class Secrets {
  private readonly sealer: Sealer;

  constructor(
    private readonly secrets: SecretRepository,
    @Inject(CONFIG) config: ServiceConfig<'control-api'>,
  ) {
    this.sealer = new Sealer(deriveKeys(config.secrets, TENANT_SECRETS_PURPOSE));
  }

  list(tenantId: TenantId): Promise<TenantSecret[]> {
    return this.secrets.list(tenantId);
  }

  /** @throws Problem 404 */
  async get(tenantId: TenantId, name: string): Promise<TenantSecret> {
    const found = await this.secrets.find(tenantId, name);
    if (!found)
      throw new Problem(
        404,
        'secret-not-found',
        'No such secret',
        'There is no secret of this name. Put it.',
      );
    return found;
  }

  /** @throws Problem 422 `too-many-secrets` */
  async put(tenantId: TenantId, name: string, value: string): Promise<void> {
    const sealed = this.sealer.seal(value, tenantSecretPlace(tenantId, name));
    if ((await this.secrets.put({ tenantId, name, sealed })) === 'full')
      throw new Problem(
        422,
        'too-many-secrets',
        'Too many secrets',
        `A tenant can have ${MAX_TENANT_SECRETS} secrets. Delete one first.`,
      );
  }

  /** Does nothing when there is no such secret. */
  delete(tenantId: TenantId, name: string): Promise<void> {
    return this.secrets.delete(tenantId, name);
  }
}
