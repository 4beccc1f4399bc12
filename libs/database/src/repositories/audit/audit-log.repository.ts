import type { AuditAct, AuditTrail, PendingAct, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { appendEntry } from '../../audit/append-entry.ts';
import { auditedWork } from '../../connection/audited-work.ts';
import { run } from '../../connection/unit-of-work.ts';
import { listEntries, noteKeyAddress, type AuditEntry, type AuditFilter } from '../../queries/audit.ts';
import { CursorMalformed, type Page, type PageRequest } from '../../rows/page.ts';

/** Entries read at once for an export. */
const EXPORT_BATCH = 500;

/** The audit logs of tenants: entries are added, and never changed. */
export class AuditLogRepository implements AuditTrail {
  constructor(private readonly dataSource: DataSource) {}

  during<T>(act: PendingAct, work: () => Promise<T>): Promise<T> {
    return auditedWork(act, work);
  }

  async append(tenantId: TenantId, act: AuditAct): Promise<void> {
    await run(this.dataSource, (manager) => appendEntry(manager, tenantId, act));
  }

  /** Newest first. @throws CursorMalformed */
  async list(
    tenantId: TenantId,
    filter: AuditFilter,
    { limit, cursor }: PageRequest,
  ): Promise<Page<AuditEntry>> {
    const before = cursor === undefined ? null : numberOf(cursor);
    const found = await this.before(tenantId, filter, before, limit + 1);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: last && found.length > limit ? cursorOf(last.seq) : null };
  }

  /** All entries that pass the filter, newest first, in batches. */
  async *export(tenantId: TenantId, filter: AuditFilter): AsyncGenerator<readonly AuditEntry[]> {
    let batch: AuditEntry[];
    let before: number | null = null;
    do {
      batch = await this.before(tenantId, filter, before, EXPORT_BATCH);
      yield batch;
      before = batch.at(-1)?.seq ?? null;
    } while (batch.length === EXPORT_BATCH);
  }

  async isNewAddress(tenantId: TenantId, apiKeyId: string, address: string): Promise<boolean> {
    const { isNew, hasOthers } = await run(this.dataSource, (manager) =>
      noteKeyAddress(manager, tenantId, apiKeyId, address),
    );
    return isNew && hasOthers;
  }

  private before(
    tenantId: TenantId,
    filter: AuditFilter,
    seq: number | null,
    limit: number,
  ): Promise<AuditEntry[]> {
    return run(this.dataSource, (manager) => listEntries(manager, tenantId, filter, seq, limit));
  }
}

const CURSOR = /^seq\.(\d{1,15})$/;

function numberOf(cursor: string): number {
  const [, seq] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (seq === undefined) throw new CursorMalformed();
  return Number(seq);
}

const cursorOf = (seq: number): string => Buffer.from(`seq.${seq}`, 'latin1').toString('base64url');
