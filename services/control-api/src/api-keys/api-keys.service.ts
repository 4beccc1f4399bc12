import { Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import {
  ApiKeyRepository,
  generateApiKey,
  MAX_API_KEYS,
  type ApiKey,
  type ApiScope,
  type Page,
  type Transaction,
} from '@tandem/database';
import { Problem, type Principal } from '@tandem/platform';
import type { CreateKey, ListKeys } from './api-key.dto.ts';

const PLATFORM: ApiScope = 'platform:admin';

/** The API keys of a tenant. Nobody grants more than their own key or role may. */
@Injectable()
export class ApiKeysService {
  constructor(private readonly keys: ApiKeyRepository) {}

  list(tenantId: TenantId, page: ListKeys): Promise<Page<ApiKey>> {
    return this.keys.list(tenantId, page);
  }

  /** @throws Problem 403 `scope-not-yours`, 422 `too-many-keys` */
  async create(
    transaction: Transaction,
    { tenantId, scopes: own }: Principal,
    { name, scopes, expiresAt }: CreateKey,
  ): Promise<{ made: ApiKey; key: string }> {
    const key = generateApiKey();
    refuseBeyond(own, scopes);
    const grant = { name, scopes, expiresAt: expiresAt === null ? null : new Date(expiresAt) };
    const made = await this.keys.create(transaction, tenantId, key, grant);
    if (made === 'too-many-keys')
      throw new Problem(
        422,
        'too-many-keys',
        'Too many keys',
        `A tenant may have ${MAX_API_KEYS} keys in use. Revoke one that is not needed.`,
      );
    return { made, key };
  }

  /**
   * Does nothing when there is no such key, or it is revoked.
   * @throws Problem 403 `scope-not-yours`, 409 `own-key`
   */
  async revoke({ kind, tenantId, apiKeyId, scopes }: Principal, id: string): Promise<void> {
    if (id === apiKeyId)
      throw new Problem(
        409,
        'own-key',
        'A key cannot revoke itself',
        'Otherwise a tenant could be left without a key. Revoke it with another key.',
      );
    const key = await this.keys.find(tenantId, id);
    if (!key) return;
    // An admin can stop a key that may do more than they may, such as the first one of the tenant.
    const needed = kind === 'user' ? key.scopes.filter((scope) => scope === PLATFORM) : key.scopes;
    refuseBeyond(scopes, needed);
    await this.keys.revoke(tenantId, id);
  }
}

function refuseBeyond(own: readonly string[], scopes: readonly string[]): void {
  const missing = scopes.filter((scope) => !own.includes(scope));
  if (missing.length > 0)
    throw new Problem(
      403,
      'scope-not-yours',
      'Not allowed',
      `Your own key, or role, lacks ${missing.join(', ')}: it can neither grant nor revoke that.`,
    );
}
