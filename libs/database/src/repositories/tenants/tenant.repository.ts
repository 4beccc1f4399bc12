import { randomUUID } from 'node:crypto';
import { storableText, type NewTenant, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { DatabaseRefusal, SQL_STATE, translate } from '../../connection/database-errors.ts';
import { actFor, acrossTenants, run, transact, type Transaction } from '../../connection/unit-of-work.ts';
import { TenantRow } from '../../entities/tenant.entities.ts';
import { newestFirst, startOf, toPageByTime, type Page, type PageRequest } from '../../rows/page.ts';
import { given } from '../../rows/given.ts';
import { storable } from '../../rows/storable.ts';
import { without } from '../../rows/without.ts';

/** A business that has its own numbers, agents, callers and calls. */
export type Tenant = Readonly<Omit<TenantRow, 'slug' | 'experimentSalt'>>;

/** Absent fields stay as they are. */
interface TenantChange {
  readonly companyName?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly language?: string | null | undefined;
  readonly bookingHorizonDays?: number | undefined;
}

/** The businesses of an installation. */
export class TenantRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. @throws CursorMalformed */
  async list(page: PageRequest): Promise<Page<Tenant>> {
    const start = startOf(page);
    const found = await acrossTenants(this.dataSource, 'installation', (manager) =>
      newestFirst(manager.createQueryBuilder(TenantRow, 'tenant'), 'createdAt', start, page.limit),
    );
    return toPageByTime(found, page.limit, toTenant);
  }

  async find(tenantId: TenantId): Promise<Tenant | null> {
    const row = await run(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(TenantRow, { id: tenantId }),
    );
    return row && toTenant(row);
  }

  /**
   * Creates a tenant, and does what belongs to its creation for it. `unknown-time-zone`: PostgreSQL has no
   * rules for it. The transaction has failed then.
   */
  async create<T>(
    transaction: Transaction,
    fields: NewTenant,
    complete: (tenant: Tenant) => Promise<T>,
  ): Promise<T | 'unknown-time-zone'> {
    const id = randomUUID() as TenantId;
    const { name: companyName, timeZone, language } = storable(fields);
    const slug = slugOf(companyName, id);
    return actFor(transaction, id, async () => {
      try {
        await transaction.insert(TenantRow, { id, slug, companyName, timeZone, language });
      } catch (error) {
        return unknownZone(error);
      }
      return complete(toTenant(await transaction.findOneByOrFail(TenantRow, { id })));
    });
  }

  /**
   * Changes the given fields. `changed-meanwhile`: the tenant is not what `isCurrent` expects. Nothing is
   * changed then.
   */
  async change(
    tenantId: TenantId,
    change: TenantChange,
    isCurrent: (before: Tenant) => boolean,
  ): Promise<Tenant | 'not-found' | 'changed-meanwhile' | 'unknown-time-zone'> {
    try {
      return await transact(this.dataSource, tenantId, async (transaction) => {
        const [before] = await transaction.find(TenantRow, {
          where: { id: tenantId },
          lock: { mode: 'pessimistic_write' },
        });
        if (!before) return 'not-found';
        if (!isCurrent(toTenant(before))) return 'changed-meanwhile';
        const after: TenantRow = { ...before, ...given(change) };
        const { companyName, timeZone, language, bookingHorizonDays } = storable(after);
        const fields = { companyName, timeZone, language, bookingHorizonDays };
        await transaction.update(TenantRow, { id: tenantId }, fields);
        return toTenant(await transaction.findOneByOrFail(TenantRow, { id: tenantId }));
      });
    } catch (error) {
      return unknownZone(error);
    }
  }
}

const toTenant = (row: TenantRow): Tenant => without(row, 'slug', 'experimentSalt');

/** Returns the meaning of an error of a statement that wrote a time zone. @throws any other error */
function unknownZone(error: unknown): 'unknown-time-zone' {
  const meaning = translate(error);
  if (meaning instanceof DatabaseRefusal && meaning.sqlState === SQL_STATE.invalidParameter)
    return 'unknown-time-zone';
  throw error;
}

const SLUG_WORDS = 50;

/** Returns a short name that no other tenant has. */
function slugOf(name: string, id: TenantId): string {
  const words = storableText(name)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_WORDS)
    .replace(/^-|-$/g, '');
  return `${words || 'tenant'}-${id.slice(0, 8)}`;
}
