import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Get, Logger, Param, Res } from '@nestjs/common';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import type { Response } from 'express';
import { callParameterSchema, type CallParameter } from '../calls/call.dto.ts';
import { callExportSchema } from './call-export.dto.ts';
import { CallExport } from './call-export.service.ts';

/** Calls as files. */
@TenantController('calls', { read: 'transcripts:read' satisfies ApiScope })
export class CallExportController {
  private readonly logger = new Logger(CallExportController.name);

  constructor(private readonly exports: CallExport) {}

  @Get(':callId/export')
  @Endpoint({
    summary: 'Everything stored of a call, as one JSON document',
    description: 'The sound of its recordings is not in it. A document that breaks off is not valid JSON.',
    success: { schema: callExportSchema },
    problems: { 404: '`call-not-found`' },
  })
  async export(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
    @Res() response: Response,
  ): Promise<void> {
    const pieces = await this.exports.open(tenantId, callId);
    response.status(200).set({
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'private, no-store',
      'Content-Disposition': `attachment; filename="call-${callId}.json"`,
    });
    await pipeline(Readable.from(pieces), response).catch((error: unknown) =>
      this.logger.warn({ callId, err: error }, 'export of a call broke off'),
    );
  }
}
