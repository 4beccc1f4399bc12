import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { writtenForms } from '@tandem/contracts';
import {
  ContactImportRepository,
  type ContactImport,
  type ImportedContact,
  type Transaction,
} from '@tandem/database';
import { IdempotentWrites, invalidRequest, readFields, type Principal } from '@tandem/platform';
import type { Response } from 'express';
import { readCsv, type CsvRow } from '../../csv/csv-text.ts';
import {
  IGNORED_COLUMNS,
  IMPORT_COLUMNS,
  importRowSchema,
  MOST_ROWS,
  type ImportDto,
  type ImportRow,
} from './contact-import.dto.ts';

/** Contacts of one transaction: it has seconds, and others wait for their numbers meanwhile. */
const CHUNK = 50;
/** Faults and changes that are told one by one. */
const MOST_TOLD = 200;

type Fault = ImportDto['faults'][number];

/** Rows of a file that are about one number. */
interface ReadContact {
  readonly line: number;
  wanted: ContactImport;
}

interface ReadFile {
  readonly rows: number;
  readonly contacts: readonly ReadContact[];
  readonly merged: readonly number[];
  readonly faults: readonly Fault[];
}

/** Brings contacts in from a CSV file. */
@Injectable()
export class ContactImportService {
  constructor(
    private readonly imports: ContactImportRepository,
    private readonly writes: IdempotentWrites<Transaction>,
  ) {}

  /** Returns what bringing the file in would do. @throws Problem 400, 422 `too-many-rows` */
  async plan({ tenantId }: Principal, text: string): Promise<ImportDto> {
    const file = await readFile(text);
    const done: ImportedContact[] = [];
    for (const chunk of chunksOf(file.contacts))
      done.push(
        ...(await this.imports.plan(
          tenantId,
          chunk.map(({ wanted }) => wanted),
        )),
      );
    return summaryOf(file, done, true);
  }

  /**
   * Brings the file in, chunk by chunk. Each chunk is done once under the key: a request that is repeated
   * after a failure goes on where it was.
   * @throws Problem 400, 422 `too-many-rows`, `idempotency-key-reused`, 409 `idempotency-in-progress`
   */
  async run({ tenantId }: Principal, key: string, text: string, response: Response): Promise<ImportDto> {
    const file = await readFile(text);
    const digest = createHash('sha256').update(text).digest('base64url');
    const keyOfAll = createHash('sha256').update(key).digest('base64url');
    const done: ImportedContact[] = [];
    for (const [index, chunk] of chunksOf(file.contacts).entries()) {
      const request = {
        tenantId,
        key: `contact-import:${keyOfAll}:${index}`,
        operation: 'POST /v1/contacts/import',
        body: { digest },
      };
      const apply = async (transaction: Transaction) => ({
        status: 200,
        body: await this.imports.apply(
          transaction,
          tenantId,
          chunk.map(({ wanted }) => wanted),
        ),
      });
      done.push(...(await this.writes.perform(request, response, apply)));
    }
    return summaryOf(file, done, false);
  }
}

async function readFile(text: string): Promise<ReadFile> {
  const rows = readCsv(text, { columns: [...IMPORT_COLUMNS], ignored: IGNORED_COLUMNS, most: MOST_ROWS });
  const byNumber = new Map<string, ReadContact>();
  const merged: number[] = [];
  const faults: Fault[] = [];
  for (const row of rows) {
    const { wanted, found } = await readRow(row);
    faults.push(...found);
    if (!wanted) continue;
    const number = [...writtenForms(wanted.phone)].sort()[0] ?? wanted.phone;
    const earlier = byNumber.get(number);
    if (earlier) {
      merged.push(row.line);
      earlier.wanted = { ...earlier.wanted, ...wanted, phone: earlier.wanted.phone };
    } else byNumber.set(number, { line: row.line, wanted });
  }
  return { rows: rows.length, contacts: [...byNumber.values()], merged, faults };
}

async function readRow({ line, cells, fault }: CsvRow): Promise<{ wanted?: ImportRow; found: Fault[] }> {
  if (fault !== null) return { found: [{ line, field: null, message: fault }] };
  const read = await readFields(importRowSchema, cells);
  if (read.problems.length === 0) return { wanted: read.value as ImportRow, found: [] };
  const { errors } = invalidRequest(read.problems, 'row').getResponse() as {
    errors: readonly { field: string; message: string }[];
  };
  return {
    found: errors.map(({ field, message }) => ({ line, field: field === 'row' ? null : field, message })),
  };
}

function chunksOf<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / CHUNK);
  return Array.from({ length: count }, (_, index) => items.slice(index * CHUNK, (index + 1) * CHUNK));
}

function summaryOf(file: ReadFile, done: readonly ImportedContact[], dryRun: boolean): ImportDto {
  const rows = file.contacts.map(({ line }, index) => ({ line, ...(done[index] ?? NOTHING) }));
  const taken = rows
    .filter(({ action }) => action === 'email-taken')
    .map(({ line }) => ({ line, field: 'email', message: 'email is that of another contact' }));
  const faults = [...file.faults, ...taken].sort((a, b) => a.line - b.line);
  const changes = [
    ...rows.flatMap(({ action, ...row }) => (action === 'email-taken' ? [] : [{ ...row, action }])),
    ...file.merged.map((line) => ({ line, action: 'merged' as const, contactId: null })),
  ].sort((a, b) => a.line - b.line);
  const count = (wanted: string) => changes.filter(({ action }) => action === wanted).length;
  return {
    dryRun,
    rows: file.rows,
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    merged: count('merged'),
    refused: new Set(faults.map(({ line }) => line)).size,
    faults: faults.slice(0, MOST_TOLD),
    changes: changes.slice(0, MOST_TOLD),
  };
}

const NOTHING: ImportedContact = { action: 'unchanged', contactId: null };
