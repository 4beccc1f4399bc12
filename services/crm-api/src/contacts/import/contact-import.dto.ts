import { z } from 'zod';
import { contactFields } from '../contact.dto.ts';

/** Most rows of a file, and its size. */
export const MOST_ROWS = 2_000;
export const MOST_BYTES = 1_048_576;

/** Columns of a file; those of an export that no file can set are skipped. */
export const IMPORT_COLUMNS = ['phone', 'name', 'email', 'notes', 'language'] as const;
export const IGNORED_COLUMNS = ['id', 'otherPhones', 'otherEmails', 'createdAt', 'updatedAt'] as const;

/** A row as its cells are read. */
export const importRowSchema = contactFields
  .pick({ phone: true, name: true, email: true, notes: true, language: true })
  .partial()
  .required({ phone: true });
export type ImportRow = z.output<typeof importRowSchema>;

export const importQuerySchema = z.object({
  dryRun: z
    .stringbool({ truthy: ['true'], falsy: ['false'] })
    .default(false)
    .meta({ description: '`true` only tells what would be done.', example: 'true' }),
});
export type ImportQuery = z.output<typeof importQuerySchema>;

export const importSchema = z
  .object({
    dryRun: z.boolean().describe('Nothing was changed.'),
    rows: z.number().int().describe('Rows of the file, without its header and empty lines.'),
    created: z.number().int(),
    updated: z.number().int().describe('Contacts with the number that got other fields.'),
    unchanged: z.number().int().describe('Contacts with the number that have all of it already.'),
    merged: z.number().int().describe('Rows with the number of an earlier row, read as one with it.'),
    refused: z.number().int().describe('Rows with a fault; the others are brought in all the same.'),
    faults: z
      .array(
        z.object({
          line: z.number().int().describe('The line of the file the row begins in.'),
          field: z.string().nullable().describe('The column; null for the whole row.'),
          message: z.string(),
        }),
      )
      .describe('Up to 200, by line.'),
    changes: z
      .array(
        z.object({
          line: z.number().int(),
          action: z.enum(['created', 'updated', 'unchanged', 'merged']),
          contactId: z.uuid().nullable().describe('Null for a contact that is not there yet.'),
        }),
      )
      .describe('What was done, or would be, by line; up to 200.'),
  })
  .meta({
    example: {
      dryRun: true,
      rows: 4,
      created: 1,
      updated: 1,
      unchanged: 0,
      merged: 1,
      refused: 1,
      faults: [{ line: 5, field: 'phone', message: 'phone must be a phone number with country code' }],
      changes: [
        { line: 2, action: 'created', contactId: null },
        { line: 3, action: 'updated', contactId: '7a0c1d3e-0000-4000-8003-000000000001' },
        { line: 4, action: 'merged', contactId: null },
      ],
    },
  });
export type ImportDto = z.output<typeof importSchema>;

export const IMPORT_EXAMPLE =
  'phone,name,email\r\n+12025550123,Alex Morgan,alex@example.com\r\n+12025550124,"Lee, Sam",\r\n';
