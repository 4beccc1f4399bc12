import { Readable } from 'node:stream';
import { Get, Logger, Param, Query, Res, StreamableFile } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import type { Response } from 'express';
import { callPageSchema, callParameterSchema, toCallPage, type CallParameter } from './call.dto.ts';
import { listCallsSchema, type ListCalls } from './call-query.dto.ts';
import { csvHeader, csvRow } from './calls-csv.ts';
import { callDetailSchema, toCallDetail, withoutWords } from './call-detail.dto.ts';
import { CallsService } from './calls.service.ts';

const WORDS: ApiScope = 'transcripts:read';

/** Stored calls. */
@TenantController('calls', { read: 'calls:read' satisfies ApiScope })
export class CallsController {
  private readonly logger = new Logger(CallsController.name);

  constructor(private readonly calls: CallsService) {}

  @Get()
  @Endpoint({
    summary: 'Calls, newest first; refused ones too',
    description:
      'All filters must hold. With `format=csv` a table of all of them as comma-separated values: text ' +
      'that a spreadsheet would take for a formula begins with an apostrophe, phone numbers too, and a ' +
      'response that breaks off ends without its last chunk.',
    success: { schema: callPageSchema },
  })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listCallsSchema }) query: ListCalls,
    @Res({ passthrough: true }) response: Response,
  ) {
    if (query.format === 'json') return toCallPage(await this.calls.list(tenantId, query));
    return this.table(tenantId, query, response);
  }

  @Get(':callId')
  @Endpoint({
    summary: 'One call with its transcript, tool calls and analyses',
    description:
      'A call appears once it has ended and is stored, usually within a second. Transcript, tool calls, ' +
      'detail of the disposition and analyses are empty without `transcripts:read`.',
    success: { schema: callDetailSchema },
    problems: { 404: '`call-not-found`' },
  })
  async get(
    @CurrentPrincipal() { tenantId, scopes }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
  ) {
    const call = await this.calls.get(tenantId, callId);
    return scopes.includes(WORDS)
      ? toCallDetail(call, await this.calls.analyses(tenantId, callId))
      : toCallDetail(withoutWords(call), []);
  }

  private table(tenantId: TenantId, query: ListCalls, response: Response): StreamableFile {
    response.setHeader('Cache-Control', 'private, no-store');
    const table = new StreamableFile(Readable.from(this.lines(tenantId, query)), {
      type: 'text/csv; charset=utf-8; header=present',
      disposition: 'attachment; filename="calls.csv"',
    });
    return table
      .setErrorLogger((error) => this.logger.warn({ tenantId, err: error }, 'table of calls broke off'))
      .setErrorHandler(() => response.destroy());
  }

  private async *lines(tenantId: TenantId, query: ListCalls): AsyncGenerator<string> {
    yield csvHeader();
    for await (const calls of this.calls.all(tenantId, query)) yield calls.map(csvRow).join('');
  }
}
