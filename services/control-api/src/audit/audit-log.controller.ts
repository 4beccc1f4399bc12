import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Get, Logger, Query, Res } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { AuditLogRepository, type ApiScope, type AuditFilter } from '@tandem/database';
import { CurrentPrincipal, Endpoint, recordAct, TenantController, type Principal } from '@tandem/platform';
import type { Response } from 'express';
import {
  auditCsvHeader,
  auditCsvRow,
  auditPageSchema,
  listAuditSchema,
  toAuditPage,
  toFilter,
  type ListAudit,
} from './audit-entry.dto.ts';

/** The audit log of a business. */
@TenantController('audit', { read: 'audit:read' satisfies ApiScope, isForKeysOnly: true })
export class AuditLogController {
  private readonly logger = new Logger(AuditLogController.name);

  constructor(private readonly log: AuditLogRepository) {}

  @Get()
  @Endpoint({
    summary: 'The audit log, newest first',
    description:
      'Every change, every look at a secret or a recording, and acts that were refused. With `format=csv` ' +
      'the answer is a table (text/csv), in which text that a spreadsheet would take for a formula begins ' +
      'with an apostrophe; one that breaks off ends without its last chunk. Such an export is recorded too.',
    success: { schema: auditPageSchema },
  })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listAuditSchema }) query: ListAudit,
    @Res() response: Response,
  ): Promise<void> {
    const filter = toFilter(query);
    if (query.format === 'json') {
      response.json(toAuditPage(await this.log.list(tenantId, filter, query)));
      return;
    }
    await recordAct(response);
    response.status(200).set({
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      'Cache-Control': 'private, no-store',
      'Content-Disposition': 'attachment; filename="audit.csv"',
    });
    await pipeline(Readable.from(this.lines(tenantId, filter)), response).catch((error: unknown) =>
      this.logger.warn({ tenantId, err: error }, 'export of the audit log broke off'),
    );
  }

  private async *lines(tenantId: TenantId, filter: AuditFilter): AsyncGenerator<string> {
    yield auditCsvHeader();
    for await (const batch of this.log.export(tenantId, filter))
      if (batch.length > 0) yield batch.map(auditCsvRow).join('');
  }
}
