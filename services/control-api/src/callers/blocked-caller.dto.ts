import type { BlockedCaller, Page } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';
import { patternSchema } from '../http/fields.ts';

const numberIdSchema = z.uuid().describe('Id of one of our numbers; absent for all of them.');

export const patternParameterSchema = z.object({ pattern: patternSchema });
export type PatternParameter = z.output<typeof patternParameterSchema>;
export const listBlockedSchema = z.object(pageQuery);
export type ListBlocked = z.output<typeof listBlockedSchema>;
export const blockSchema = z
  .strictObject({
    numberId: numberIdSchema.nullable().default(null),
    note: z.string().trim().max(500).default(''),
  })
  .meta({ example: { note: 'Sells insurance, calls every day.' } });
export type Block = z.output<typeof blockSchema>;
export const unblockSchema = z.object({ numberId: numberIdSchema.optional() });
export type Unblock = z.output<typeof unblockSchema>;

export const blockedPageSchema = pageOf(
  z.object({
    pattern: z.string(),
    numberId: z.uuid().nullable(),
    note: z.string(),
    createdAt: z.iso.datetime(),
  }),
).meta({
  example: {
    items: [
      {
        pattern: '+12025550166',
        numberId: null,
        note: 'Sells insurance, calls every day.',
        createdAt: '2027-03-01T14:05:11.000Z',
      },
    ],
    nextCursor: null,
  },
});

export function toBlockedPage(page: Page<BlockedCaller>): z.output<typeof blockedPageSchema> {
  return {
    items: page.items.map(({ phoneNumberId, createdAt, ...blocked }) => ({
      ...blocked,
      numberId: phoneNumberId,
      createdAt: createdAt.toISOString(),
    })),
    nextCursor: page.nextCursor,
  };
}
