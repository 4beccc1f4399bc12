import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Get, Logger, Query, Res } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import type { TenantId } from '@tandem/contracts';
import { AnalysisRepository, type ApiScope } from '@tandem/database';
import { CurrentPrincipal, Endpoint, recordAct, TenantController, type Principal } from '@tandem/platform';
import type { Response } from 'express';
import { csvHeader, csvRow, exportSchema, type ExportQuery } from './analyses-csv.ts';

/** Analyses as a table. */
@TenantController('calls', { read: 'transcripts:read' satisfies ApiScope })
export class AnalysesCsvController {
  private readonly logger = new Logger(AnalysesCsvController.name);

  constructor(private readonly analyses: AnalysisRepository) {}

  @Get('analyses.csv')
  @ApiProduces('text/csv')
  @Endpoint({
    summary: 'The latest analysis of each call of a period as comma-separated values, oldest call first',
    description:
      'Text that a spreadsheet would take for a formula begins with an apostrophe, phone numbers too. A ' +
      'response that breaks off ends without its last chunk.',
    success: { description: 'The table, with a line of names first' },
  })
  async table(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: exportSchema }) query: ExportQuery,
    @Res() response: Response,
  ): Promise<void> {
    await recordAct(response);
    response.status(200).set({
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      'Cache-Control': 'private, no-store',
      'Content-Disposition': 'attachment; filename="analyses.csv"',
    });
    await pipeline(Readable.from(this.lines(tenantId, query)), response).catch((error: unknown) =>
      this.logger.warn({ tenantId, err: error }, 'export of analyses broke off'),
    );
  }

  private async *lines(tenantId: TenantId, { from, to, agent }: ExportQuery): AsyncGenerator<string> {
    yield csvHeader();
    const selection = { from: new Date(from), to: new Date(to), agentId: agent ?? null };
    for await (const batch of this.analyses.export(tenantId, selection))
      if (batch.length > 0) yield batch.map(csvRow).join('');
  }
}
