import { writtenForms, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run } from '../../connection/unit-of-work.ts';
import type { ContactHistoryEntry } from '../../entities/contact.ts';
import { readContactHistory } from '../../queries/contacts/contact-history.ts';
import { findContact } from '../../queries/contacts/contacts.ts';
import { startOf, toPage, type Page, type PageRequest } from '../../rows/page.ts';

/** Everything that happened with a contact. */
export class ContactHistoryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. Null when the tenant has no such contact. @throws CursorMalformed */
  async page(tenantId: TenantId, id: string, page: PageRequest): Promise<Page<ContactHistoryEntry> | null> {
    const start = startOf(page);
    return run(this.dataSource, tenantId, async (manager) => {
      const contact = await findContact(manager, tenantId, id);
      if (!contact) return null;
      const numbers = [contact.phone, ...contact.phones.map(({ value }) => value)];
      const forms = [...new Set(numbers.flatMap(writtenForms))];
      const found = await readContactHistory(manager, tenantId, id, forms, start, page.limit + 1);
      return toPage(
        found,
        page.limit,
        (entry) => ({ at: entry.at, id: entry.id }),
        (entry) => entry,
      );
    });
  }
}
