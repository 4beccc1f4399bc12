import { createHash, randomBytes } from 'node:crypto';
import type { TenantId } from '@tandem/contracts';
import { IsNull, type DataSource } from 'typeorm';
import { run } from '../../connection/unit-of-work.ts';
import type { ApiScope } from '../../entities/api-scopes.ts';
import { ApiKeyRow } from '../../entities/tenant.entities.ts';
import { without } from '../../rows/without.ts';

/** The form of a key: `tk_` and 32 random bytes or more in base64url. */
const API_KEY = /^tk_[A-Za-z0-9_-]{43,86}$/;

export function generateApiKey(): string {
  return `tk_${randomBytes(32).toString('base64url')}`;
}

export const isApiKey = (text: string): boolean => API_KEY.test(text);

type ApiKey = Readonly<Omit<ApiKeyRow, 'keyHash'>>;

/** The text to be stored does not have the form of a key. */
export class ApiKeyMalformed extends Error {
  override readonly name = 'ApiKeyMalformed';
  constructor() {
    super(
      'An API key is tk_ followed by 43 to 86 characters of A-Z a-z 0-9 _ -. Make one with generateApiKey().',
    );
  }
}

/**
 * The API keys of tenants. Only their SHA-256 is stored. A slow hash would protect nothing: it makes guessing
 * expensive where people choose the secret, and a key is 256 random bits; it would only let requests with
 * wrong keys keep our cores busy. For the same reason there is no salt, so a key is found by its hash.
 */
export class ApiKeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a key; storing the same key again replaces its scopes. @throws ApiKeyMalformed */
  async store(
    tenantId: TenantId,
    key: string,
    grant: { name: string; scopes: readonly ApiScope[] },
  ): Promise<void> {
    if (!isApiKey(key)) throw new ApiKeyMalformed();
    const row = { tenantId, name: grant.name, keyHash: hashOf(key), scopes: [...grant.scopes] };
    await run(this.dataSource, (manager) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(ApiKeyRow)
        .values(row)
        .orUpdate(['scopes'], ['key_hash'], {
          overwriteCondition: { where: 'api_keys.tenant_id = excluded.tenant_id' },
        })
        .execute(),
    );
  }

  /** Returns the key if it exists and is not revoked. */
  async findActive(key: string): Promise<ApiKey | null> {
    if (!isApiKey(key)) return null;
    const row = await run(this.dataSource, (manager) =>
      manager.findOneBy(ApiKeyRow, { keyHash: hashOf(key), revokedAt: IsNull() }),
    );
    return row && toApiKey(row);
  }

  async list(tenantId: TenantId): Promise<ApiKey[]> {
    const found = await run(this.dataSource, (manager) =>
      manager.find(ApiKeyRow, { where: { tenantId }, order: { createdAt: 'ASC' }, take: 100 }),
    );
    return found.map(toApiKey);
  }

  /** The next request with the key is refused. @returns whether this tenant had such a key in use */
  async revoke(tenantId: TenantId, id: string): Promise<boolean> {
    const result = await run(this.dataSource, (manager) =>
      manager.update(ApiKeyRow, { tenantId, id, revokedAt: IsNull() }, { revokedAt: new Date() }),
    );
    return result.affected === 1;
  }
}

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

const toApiKey = (row: ApiKeyRow): ApiKey => without(row, 'keyHash');
