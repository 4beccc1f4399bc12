import { Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader } from '@nestjs/swagger';
import {
  CurrentPrincipal,
  Endpoint,
  IdempotencyKey,
  Problem,
  TenantController,
  type Principal,
} from '@tandem/platform';
import type { Request, Response } from 'express';
import { CRM_SCOPES } from '../../crm-scopes.ts';
import {
  IMPORT_EXAMPLE,
  importQuerySchema,
  importSchema,
  MOST_BYTES,
  MOST_ROWS,
  type ImportQuery,
} from './contact-import.dto.ts';
import { ContactImportService } from './contact-import.service.ts';

@TenantController('contacts/import', CRM_SCOPES)
export class ContactImportController {
  constructor(private readonly imports: ContactImportService) {}

  @Post()
  @Endpoint({
    summary: 'Bring contacts in from a CSV file',
    description:
      `Up to ${MOST_ROWS} rows and 1 MiB of UTF-8, separated by commas, semicolons or tabs. The first line ` +
      'names the columns: `phone`, and any of `name`, `email`, `notes`, `language`. A contact with the ' +
      'number is changed, else one is made; an empty cell leaves what is there. Rows with a fault are left ' +
      'out. Ask with `dryRun=true` first; sent again under its key after a failure, it goes on where it was.',
    success: { schema: importSchema },
    problems: {
      409: '`idempotency-in-progress`',
      413: '`file-too-large`',
      415: '`csv-needed`',
      422: '`too-many-rows`, `idempotency-key-reused`',
    },
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    schema: { type: 'string', example: '6f1c2b8e-5d0a-4b7e-9c53-2f4f0f6f7a10' },
    description: 'Names this one import. A dry run uses up no key.',
  })
  @ApiConsumes('text/csv')
  @ApiBody({
    required: true,
    schema: { type: 'string', example: IMPORT_EXAMPLE },
  })
  async import(
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() key: string,
    @Query({ schema: importQuerySchema }) { dryRun }: ImportQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const text = await textOf(request);
    return dryRun ? this.imports.plan(principal, text) : this.imports.run(principal, key, text, response);
  }
}

/** Reads the body of a request. @throws Problem 400 `not-utf-8`, 413, 415 */
async function textOf(request: Request): Promise<string> {
  if (!request.is('text/csv'))
    throw new Problem(415, 'csv-needed', 'Unsupported media type', 'Send the file as text/csv.');
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES)
      throw new Problem(
        413,
        'file-too-large',
        'The request is too large',
        `A file may have ${MOST_BYTES} bytes. Nothing was changed; send it in parts.`,
        {},
        { Connection: 'close' },
      );
    parts.push(part);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw new Problem(
      400,
      'not-utf-8',
      'The request is malformed',
      'The file is not UTF-8. Save it as "CSV UTF-8" and send it again.',
    );
  }
}
