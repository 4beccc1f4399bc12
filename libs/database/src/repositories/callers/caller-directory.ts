import { writtenForms, type TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import { run } from '../../connection/unit-of-work.ts';
import { findKnownCaller, type KnownCaller } from '../../queries/known-caller.ts';
import { patternsOf } from './phone-pattern.ts';

const UNKNOWN: KnownCaller = { name: null, language: null, isBlocked: false, groups: [] };

/** Finds what a tenant knows about a caller. */
export class CallerDirectory {
  constructor(private readonly dataSource: DataSource) {}

  /** One query. @param e164 null for a caller who shows no number: always unknown */
  async find(tenantId: TenantId, phoneNumberId: string, e164: string | null): Promise<KnownCaller> {
    if (e164 === null) return UNKNOWN;
    const found = await run(this.dataSource, tenantId, (manager) =>
      findKnownCaller(manager, tenantId, phoneNumberId, writtenForms(e164), patternsOf(e164)),
    );
    return found ?? UNKNOWN;
  }
}
