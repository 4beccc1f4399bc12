import {
  callDirectionSchema,
  callStatusSchema,
  leadStageSchema,
  staffMessageStateSchema,
  urgencySchema,
} from '@tandem/contracts';
import type { ContactHistoryEntry, Page } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';
import { localIso } from '../http/fields.ts';

export const contactHistoryQuerySchema = z.object(pageQuery);
export type ContactHistoryQuery = z.output<typeof contactHistoryQuerySchema>;

const entryFields = {
  id: z.uuid().describe('Of the call, booking, lead or message.'),
  at: z.string().describe('When it began or was made: ISO 8601 with the offset of the business.'),
};

const contactHistoryEntrySchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('call'),
      ...entryFields,
      direction: callDirectionSchema,
      status: callStatusSchema,
      durationMs: z.number().int().nullable(),
      outcome: z.string().nullable(),
    }),
    z.object({
      kind: z.literal('booking'),
      ...entryFields,
      reference: z.string(),
      status: z.enum(['booked', 'cancelled']),
      service: z.string().describe('Its name.'),
      start: z.string(),
    }),
    z.object({
      kind: z.literal('lead'),
      ...entryFields,
      summary: z.string(),
      stage: leadStageSchema,
      urgency: urgencySchema,
    }),
    z.object({
      kind: z.literal('staff-message'),
      ...entryFields,
      body: z.string(),
      state: staffMessageStateSchema,
      urgency: urgencySchema,
      callbackWanted: z.boolean(),
    }),
  ])
  .meta({
    example: {
      kind: 'booking',
      id: '7a0c1d3e-0000-4000-8006-000000000001',
      at: '2027-03-01T09:05:11-05:00',
      reference: 'K48213',
      status: 'booked',
      service: 'Heating visit',
      start: '2027-03-05T09:00:00-05:00',
    },
  });
export const contactHistoryPageSchema = pageOf(contactHistoryEntrySchema);

function toEntryDto(entry: ContactHistoryEntry): z.output<typeof contactHistoryEntrySchema> {
  const { id, timeZone } = entry;
  const at = localIso(entry.at, timeZone);
  switch (entry.kind) {
    case 'call':
      return { kind: entry.kind, id, at, ...entry.detail };
    case 'booking': {
      const { startMs, ...detail } = entry.detail;
      return { kind: entry.kind, id, at, ...detail, start: localIso(startMs, timeZone) };
    }
    case 'lead':
      return { kind: entry.kind, id, at, ...entry.detail };
    case 'staff-message':
      return { kind: entry.kind, id, at, ...entry.detail };
  }
}

export function toContactHistoryPage(
  page: Page<ContactHistoryEntry>,
): z.output<typeof contactHistoryPageSchema> {
  return { items: page.items.map(toEntryDto), nextCursor: page.nextCursor };
}
