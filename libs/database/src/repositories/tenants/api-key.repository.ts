import { createHash, randomBytes } from 'node:crypto';
import type { TenantId } from '@tandem/contracts';
import { IsNull, MoreThan, type DataSource } from 'typeorm';
import { DatabaseUnavailable } from '../../connection/database-errors.ts';
import { acrossTenants, run, type Transaction } from '../../connection/unit-of-work.ts';
import type { ApiScope } from '../../entities/api-scopes.ts';
import { ApiKeyRow } from '../../entities/tenant.entities.ts';
import { noteKeyUse } from '../../queries/api-keys.ts';
import { lockName } from '../../queries/locks.ts';
import { newestFirst, startOf, toPageByTime, type Page, type PageRequest } from '../../rows/page.ts';
import { storable } from '../../rows/storable.ts';
import { without } from '../../rows/without.ts';

/** The form of a key: `tk_` and 32 random bytes or more in base64url. */
const API_KEY = /^tk_[A-Za-z0-9_-]{43,86}$/;

export function generateApiKey(): string {
  return `tk_${randomBytes(32).toString('base64url')}`;
}

export const isApiKey = (text: string): boolean => API_KEY.test(text);

export type ApiKey = Readonly<Omit<ApiKeyRow, 'keyHash'>>;

/** Name, scopes and end of a new key. */
interface KeyGrant {
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  /** Null for a key that does not expire. */
  readonly expiresAt: Date | null;
}

/** The most keys of a tenant that are neither revoked nor expired. */
export const MAX_API_KEYS = 100;
/** Characters of a key that are shown in lists, `tk_` included: 36 of its 256 bits. */
const PREFIX_LENGTH = 9;
/** How exactly the last use of a key is known: a write for each request would cost more than it tells. */
const USE_NOTED_EVERY_MS = 3_600_000;

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
    const { name, scopes } = grant;
    const row = { tenantId, name, keyHash: hashOf(key), prefix: prefixOf(key), scopes: [...scopes] };
    await run(this.dataSource, tenantId, (manager) =>
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

  /** Stores a new key. `too-many-keys`: {@link MAX_API_KEYS} are in use. @throws ApiKeyMalformed */
  async create(
    transaction: Transaction,
    tenantId: TenantId,
    key: string,
    grant: KeyGrant,
  ): Promise<ApiKey | 'too-many-keys'> {
    if (!isApiKey(key)) throw new ApiKeyMalformed();
    await lockName(transaction, `api-keys:${tenantId}`);
    const isUsable = { tenantId, revokedAt: IsNull() };
    const inUse = await transaction.countBy(ApiKeyRow, [
      { ...isUsable, expiresAt: IsNull() },
      { ...isUsable, expiresAt: MoreThan(new Date()) },
    ]);
    if (inUse >= MAX_API_KEYS) return 'too-many-keys';
    const { name, scopes, expiresAt } = storable(grant);
    const row = { tenantId, name, scopes: [...scopes], expiresAt };
    const keyHash = hashOf(key);
    await transaction.insert(ApiKeyRow, { ...row, keyHash, prefix: prefixOf(key) });
    return toApiKey(await transaction.findOneByOrFail(ApiKeyRow, { tenantId, keyHash }));
  }

  /** Returns the key if it exists and is neither revoked nor expired. */
  async findActive(key: string): Promise<ApiKey | null> {
    if (!isApiKey(key)) return null;
    const row = await acrossTenants(this.dataSource, 'lookup', (manager) =>
      manager.findOneBy(ApiKeyRow, { keyHash: hashOf(key), revokedAt: IsNull() }),
    );
    const now = Date.now();
    if (!row || (row.expiresAt !== null && row.expiresAt.getTime() <= now)) return null;
    if (now - (row.lastUsedAt?.getTime() ?? 0) > USE_NOTED_EVERY_MS) await this.noteUse(row);
    return toApiKey(row);
  }

  /** Newest first, revoked and expired keys included. @throws CursorMalformed */
  async list(tenantId: TenantId, page: PageRequest): Promise<Page<ApiKey>> {
    const start = startOf(page);
    const found = await run(this.dataSource, tenantId, (manager) => {
      const keys = manager
        .createQueryBuilder(ApiKeyRow, 'key')
        .where('key.tenantId = :tenantId', { tenantId });
      return newestFirst(keys, 'createdAt', start, page.limit);
    });
    return toPageByTime(found, page.limit, toApiKey);
  }

  async find(tenantId: TenantId, id: string): Promise<ApiKey | null> {
    const row = await run(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(ApiKeyRow, { tenantId, id }),
    );
    return row && toApiKey(row);
  }

  /** The next request with the key is refused. @returns whether this tenant had such a key in use */
  async revoke(tenantId: TenantId, id: string): Promise<boolean> {
    const result = await run(this.dataSource, tenantId, (manager) =>
      manager.update(ApiKeyRow, { tenantId, id, revokedAt: IsNull() }, { revokedAt: new Date() }),
    );
    return result.affected === 1;
  }

  /** A database that can only be read, such as a standby after a failover, does not stop requests here. */
  private async noteUse({ tenantId, id }: ApiKeyRow): Promise<void> {
    try {
      await run(this.dataSource, tenantId, (manager) => noteKeyUse(manager, id, USE_NOTED_EVERY_MS));
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
    }
  }
}

const prefixOf = (key: string): string => key.slice(0, PREFIX_LENGTH);

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

const toApiKey = (row: ApiKeyRow): ApiKey => without(row, 'keyHash');
