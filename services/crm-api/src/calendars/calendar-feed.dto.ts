import { CALENDAR_DETAILS } from '@tandem/calendars';
import type { CalendarFeed } from '@tandem/database';
import { z } from 'zod';
import { FEED_TOKEN } from './feed-tokens.ts';

const TOKEN_EXAMPLE = 'an-example-of-the-token-of-a-calendar-feed1';
const FEED_EXAMPLE = {
  detail: 'service',
  createdAt: '2027-03-01T14:05:11.000Z',
  rotatedAt: '2027-03-01T14:05:11.000Z',
};

export const putFeedSchema = z.strictObject({
  detail: z
    .enum(CALENDAR_DETAILS)
    .default('service')
    .describe(
      'How much each event tells: `busy` no more than that, `service` also the service and the reference, ' +
        '`full` also name, phone number and notes.',
    ),
});
export type PutFeed = z.output<typeof putFeedSchema>;

export const feedSchema = z
  .object({
    detail: z.enum(CALENDAR_DETAILS),
    createdAt: z.iso.datetime(),
    rotatedAt: z.iso.datetime().describe('When its address was made.'),
  })
  .meta({ example: FEED_EXAMPLE });
export const feedWithPathSchema = feedSchema
  .extend({
    path: z
      .string()
      .nullable()
      .describe(
        'The secret part of its address, after that of crm-api. Null when the TANDEM_SECRET it was made ' +
          'with is gone: programs that have it still read it; rotate it to get another one.',
      ),
  })
  .meta({ example: { ...FEED_EXAMPLE, path: `/v1/calendars/${TOKEN_EXAMPLE}.ics` } });

export const feedParameterSchema = z.object({
  token: z.string().max(100).regex(FEED_TOKEN, 'is not a token').meta({ example: TOKEN_EXAMPLE }),
});
export type FeedParameter = z.output<typeof feedParameterSchema>;

export function toFeedDto({ detail, createdAt, rotatedAt }: CalendarFeed): z.output<typeof feedSchema> {
  return { detail, createdAt: createdAt.toISOString(), rotatedAt: rotatedAt.toISOString() };
}
