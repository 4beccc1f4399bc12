import {
  MAX_PARTY_LENGTH,
  messageChannelSchema,
  messageStatusSchema,
  partyNumber,
  type CallId,
} from '@tandem/contracts';
import type { Message, Page } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';

export const listMessagesSchema = z.object({
  ...pageQuery,
  callId: z
    .uuid()
    .toLowerCase()
    .transform((id) => id as CallId)
    .optional()
    .describe('Messages that were sent in this call only.'),
  party: z
    .string()
    .min(1)
    .max(MAX_PARTY_LENGTH)
    // A bare + arrives as a space.
    .transform((text) => partyNumber(text.replace(/^ /, '+')) ?? text)
    .optional()
    .meta({
      description: 'Messages to and from this number, in any spelling, or this e-mail address only.',
      example: '+12025550123',
    }),
  channel: messageChannelSchema.optional(),
});
export type ListMessages = z.output<typeof listMessagesSchema>;

export const messagePageSchema = pageOf(
  z.object({
    id: z.uuid(),
    threadId: z.uuid().describe('The conversation it belongs to.'),
    direction: z.enum(['inbound', 'outbound']),
    channel: messageChannelSchema,
    from: z.string(),
    to: z.string(),
    subject: z.string().describe('Of an e-mail; empty otherwise.'),
    text: z.string(),
    mediaCount: z.number().int().describe('Pictures and other files that came with it; they are not kept.'),
    status: messageStatusSchema.describe('docs/messages.md explains each.'),
    reason: z.string().nullable().describe('Why: a word, or the code of the carrier or mail server.'),
    answersId: z.uuid().nullable().describe('The message it answers.'),
    callId: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
    changedAt: z.iso.datetime(),
  }),
).meta({
  example: {
    items: [
      {
        id: '7a0c1d3e-0000-4000-8009-000000000001',
        threadId: '7a0c1d3e-0000-4000-8009-0000000000aa',
        direction: 'outbound',
        channel: 'sms',
        from: '+12025550100',
        to: '+12025550123',
        subject: '',
        text: 'Your appointment is on March 5 at 9:00.',
        mediaCount: 0,
        status: 'delivered',
        reason: null,
        answersId: null,
        callId: 'c3f2a0de-0000-4000-8004-000000000001',
        createdAt: '2027-03-01T14:05:11.000Z',
        changedAt: '2027-03-01T14:05:13.000Z',
      },
    ],
    nextCursor: null,
  },
});

export function toMessagePage({ items, nextCursor }: Page<Message>): z.output<typeof messagePageSchema> {
  return { items: items.map(toMessageDto), nextCursor };
}

function toMessageDto(message: Message) {
  const { ownAddress, party, body, createdAt, changedAt } = message;
  const { id, threadId, direction, channel, subject, mediaCount, status, reason, answersId, callId } =
    message;
  const [from, to] = direction === 'inbound' ? [party, ownAddress] : [ownAddress, party];
  return {
    id,
    threadId,
    direction,
    channel,
    from,
    to,
    subject,
    text: body,
    mediaCount,
    status,
    reason,
    answersId,
    callId,
    createdAt: createdAt.toISOString(),
    changedAt: changedAt.toISOString(),
  };
}
