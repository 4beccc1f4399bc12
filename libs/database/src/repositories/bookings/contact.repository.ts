import { storableText, writtenForms, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { DatabaseRefusal, SQL_STATE, translate } from '../../connection/database-errors.ts';
import { ContactRow } from '../../entities/business.entities.ts';
import { positionOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';
import { query, run, type Transaction } from '../../connection/unit-of-work.ts';

export interface Contact {
  readonly id: string;
  /** E.164. */
  readonly phone: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly notes: string;
  /** BCP 47; null when it is not known. */
  readonly language: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface ContactFields {
  readonly phone: string;
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly notes?: string | undefined;
  readonly language?: string | null | undefined;
}

/** Fields to change; what is absent stays, null empties. */
type ContactChange = { readonly [Field in keyof ContactFields]?: ContactFields[Field] | undefined };

/** People a tenant deals with, one per phone number. */
export class ContactRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. @throws CursorMalformed */
  async list(
    tenantId: TenantId,
    filter: { phone?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Contact>> {
    const after = page.cursor === undefined ? null : positionOf(page.cursor);
    const found = await run(this.dataSource, (manager) => {
      const query = manager
        .createQueryBuilder(ContactRow, 'contact')
        .where('contact.tenantId = :tenantId', { tenantId });
      if (filter.phone)
        query.andWhere('contact.phone IN (:...phones)', { phones: writtenForms(filter.phone) });
      if (after)
        query.andWhere('(contact.created_at, contact.id) < (:at, :id)', { at: after.at, id: after.id });
      return query
        .orderBy('contact.createdAt', 'DESC')
        .addOrderBy('contact.id', 'DESC')
        .take(page.limit + 1)
        .getMany();
    });
    return toPage(found, page.limit, (row) => ({ at: row.createdAt, id: row.id }), toContact);
  }

  async find(tenantId: TenantId, id: string): Promise<Contact | null> {
    const row = await run(this.dataSource, (manager) => manager.findOneBy(ContactRow, { tenantId, id }));
    return row && toContact(row);
  }

  /** Null when the tenant has a contact with this number already, in whichever form it is written. */
  async create(transaction: Transaction, tenantId: TenantId, fields: ContactFields): Promise<Contact | null> {
    if (await this.otherWith(transaction, tenantId, fields.phone, null)) return null;
    const inserted = await transaction
      .createQueryBuilder()
      .insert()
      .into(ContactRow)
      .values({ tenantId, ...storable(fields) })
      .orIgnore()
      .returning(['id'])
      .execute();
    const [id] = (inserted.raw as { id: string }[]).map((row) => row.id);
    if (id === undefined) return null;
    return toContact(await transaction.findOneByOrFail(ContactRow, { tenantId, id }));
  }

  /** Changes the fields that are given. `taken`: another contact of the tenant has that number. */
  async update(
    transaction: Transaction,
    tenantId: TenantId,
    id: string,
    fields: ContactChange,
  ): Promise<Contact | 'not-found' | 'taken'> {
    if (fields.phone !== undefined && (await this.otherWith(transaction, tenantId, fields.phone, id)))
      return 'taken';
    try {
      const result = await transaction.update(
        ContactRow,
        { tenantId, id },
        { ...storable(fields), updatedAt: new Date() },
      );
      if (result.affected !== 1) return 'not-found';
    } catch (error) {
      const meaning = translate(error);
      if (meaning instanceof DatabaseRefusal && meaning.sqlState === SQL_STATE.uniqueViolation)
        return 'taken';
      throw error;
    }
    return toContact(await transaction.findOneByOrFail(ContactRow, { tenantId, id }));
  }

  /** The contact with this number, made if need be. A name is kept, and filled in where there was none. */
  async ensure(
    transaction: Transaction,
    tenantId: TenantId,
    phone: string,
    name: string | null,
  ): Promise<string> {
    const written = (await this.otherWith(transaction, tenantId, phone, null)) ?? phone;
    const [contact] = await query<{ id: string }>(
      transaction,
      `INSERT INTO contacts AS kept (tenant_id, phone, name) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id, phone) DO UPDATE SET name = coalesce(kept.name, excluded.name),
         updated_at = CASE WHEN kept.name IS NULL AND excluded.name IS NOT NULL THEN now() ELSE kept.updated_at END
       RETURNING id`,
      [tenantId, written, name === null ? null : storableText(name)],
    );
    if (!contact) throw new DatabaseRefusal('no-row', 'contacts_phone_key', 'contacts');
    return contact.id;
  }

  /**
   * The number of another contact who has this one, as it is stored. Where it can be written in several ways
   * the unique key of the table does not tell, so those who write the same one wait for each other.
   */
  private async otherWith(
    transaction: Transaction,
    tenantId: TenantId,
    phone: string,
    than: string | null,
  ): Promise<string | null> {
    const forms = writtenForms(phone);
    if (forms.length === 1) return null;
    await query(transaction, 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `${tenantId} ${[...forms].sort().join(' ')}`,
    ]);
    const [found] = await query<{ phone: string }>(
      transaction,
      'SELECT phone FROM contacts WHERE tenant_id = $1 AND phone = ANY($2::text[]) AND id IS DISTINCT ' +
        'FROM $3 ORDER BY array_position($2::text[], phone) LIMIT 1',
      [tenantId, forms, than],
    );
    return found?.phone ?? null;
  }
}

/** What is given, in a shape Postgres takes; what is not given stays out. */
function storable(
  fields: ContactChange,
): Partial<Pick<ContactRow, 'phone' | 'name' | 'email' | 'notes' | 'language'>> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === 'string' ? storableText(value) : value]),
  );
}

const toContact = (row: ContactRow): Contact => ({
  id: row.id,
  phone: row.phone,
  name: row.name,
  email: row.email,
  notes: row.notes,
  language: row.language,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});
