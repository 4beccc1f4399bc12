import { maskNumbers, messageStatusSchema, SMS_LIMITS, visibleText } from '@tandem/contracts';
import type { Message } from '@tandem/database';
import { phoneSchema } from '@tandem/platform';
import { z } from 'zod';

/* Text may contain a card number, which must not be stored. */
const subjectSchema = visibleText(200)
  .transform((text) => maskNumbers(text.replace(/\s+/g, ' ')))
  .describe('One line.');

export const createMessageSchema = z
  .discriminatedUnion('channel', [
    z.strictObject({
      channel: z.literal('sms'),
      from: phoneSchema.describe('One of your own numbers.'),
      to: phoneSchema,
      text: visibleText(SMS_LIMITS.gsm)
        .transform(maskNumbers)
        .describe(
          `At most ${SMS_LIMITS.gsm} characters; ${SMS_LIMITS.utf16} where some are not in GSM 7-bit, and ` +
            'the rest is cut off.',
        ),
    }),
    z.strictObject({
      channel: z.literal('email'),
      contactPhone: phoneSchema.describe('The phone number of a contact, to whose address it is sent.'),
      subject: subjectSchema,
      text: visibleText(10_000).transform(maskNumbers).describe('Plain text; lines with "- " become a list.'),
    }),
  ])
  .meta({
    example: {
      channel: 'sms',
      from: '+12025550100',
      to: '+12025550123',
      text: 'Your appointment is on March 5 at 9:00.',
    },
  });
export type CreateMessage = z.output<typeof createMessageSchema>;
export type CreateSms = Extract<CreateMessage, { channel: 'sms' }>;
export type CreateEmail = Extract<CreateMessage, { channel: 'email' }>;

export const messageSchema = z
  .object({
    id: z.uuid(),
    channel: z.enum(['sms', 'email']),
    status: messageStatusSchema.describe('`queued` at first; GET /v1/messages of control-api has the rest.'),
    text: z.string().describe('The text as it is sent.'),
    createdAt: z.iso.datetime(),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-8009-000000000001',
      channel: 'sms',
      status: 'queued',
      text: 'Your appointment is on March 5 at 9:00.',
      createdAt: '2027-03-01T14:05:11.000Z',
    },
  });
export type MessageDto = z.output<typeof messageSchema>;

export function toMessageDto({ id, channel, status, body, createdAt }: Message): MessageDto {
  return { id, channel, status, text: body, createdAt: createdAt.toISOString() };
}
