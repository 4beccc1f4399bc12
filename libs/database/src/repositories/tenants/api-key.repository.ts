import { createHash, randomBytes } from 'node:crypto';
import type { TenantId } from '@tandem/contracts';
import { IsNull, type DataSource } from 'typeorm';
import { ApiKeyRow } from '../../entities/tenant.entities.ts';
import { query, run } from '../../connection/unit-of-work.ts';

/**
 * What a key may be good for: the business API, looking at calls and changing those that run, their
 * recordings, and what operators set.
 */
export const API_SCOPES = [
  'crm:read',
  'crm:write',
  'calls:read',
  'calls:control',
  'recordings:read',
  'recordings:delete',
  'admin:read',
  'admin:write',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** A key as the outside knows it: `tk_` and 32 random bytes or more in base64url. */
const API_KEY = /^tk_[A-Za-z0-9_-]{43,86}$/;

export function generateApiKey(): string {
  return `tk_${randomBytes(32).toString('base64url')}`;
}

export const isApiKey = (text: string): boolean => API_KEY.test(text);

interface ApiKey {
  readonly id: string;
  readonly tenantId: TenantId;
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

/** A text that cannot be a key was to be stored as one. */
export class ApiKeyMalformed extends Error {
  override readonly name = 'ApiKeyMalformed';
  constructor() {
    super(
      'An API key is tk_ followed by 43 to 86 characters of A-Z a-z 0-9 _ -. Make one with generateApiKey().',
    );
  }
}

/**
 * The keys of tenants. Only their SHA-256 is stored. A slow hash would protect nothing here: it makes
 * guessing expensive where people choose the secret, and these are 256 random bits that nobody can guess; it
 * would only let anyone with wrong keys keep our cores busy. For the same reason there is no salt, so a key
 * is found by its hash.
 */
export class ApiKeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a key; the same key again gets what it is granted now. @throws ApiKeyMalformed */
  async store(
    tenantId: TenantId,
    key: string,
    grant: { name: string; scopes: readonly ApiScope[] },
  ): Promise<void> {
    if (!isApiKey(key)) throw new ApiKeyMalformed();
    await run(this.dataSource, (manager) =>
      query(
        manager,
        `INSERT INTO api_keys AS kept (tenant_id, name, key_hash, scopes) VALUES ($1, $2, $3, $4)
         ON CONFLICT (key_hash) DO UPDATE SET scopes = excluded.scopes WHERE kept.tenant_id = excluded.tenant_id`,
        [tenantId, grant.name, hashOf(key), [...grant.scopes]],
      ),
    );
  }

  /** The key, if it exists and is not revoked. */
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

  /** From the next request on the key is worth nothing. @returns whether this tenant had such a key in use */
  async revoke(tenantId: TenantId, id: string): Promise<boolean> {
    const result = await run(this.dataSource, (manager) =>
      manager.update(ApiKeyRow, { tenantId, id, revokedAt: IsNull() }, { revokedAt: new Date() }),
    );
    return result.affected === 1;
  }
}

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

const toApiKey = (row: ApiKeyRow): ApiKey => ({
  id: row.id,
  tenantId: row.tenantId as TenantId,
  name: row.name,
  scopes: row.scopes as ApiScope[],
  createdAt: row.createdAt,
  revokedAt: row.revokedAt,
});
