import { cleanedText, partySchema, type SentStatus } from '@tandem/contracts';
import { z } from 'zod';

/* Twilio's forms about messages (twilio.com/docs/messaging/guides/webhook-request); see twilio-forms.ts. */

/** SM for text, MM for messages with media. */
const messageSid = z.string().regex(/^(?:SM|MM)[0-9a-zA-Z]{1,64}$/, 'must be a message SID');
const accountSid = cleanedText().max(64).optional();
/** Twilio's own limit is 1,600 characters. */
const MAX_BODY = 2_000;

export const smsForm = z.object({
  MessageSid: messageSid,
  AccountSid: accountSid,
  From: partySchema,
  To: partySchema,
  Body: cleanedText()
    .overwrite((text) => text.slice(0, MAX_BODY).toWellFormed())
    .default(''),
  NumMedia: z.coerce.number().int().min(0).max(100).catch(0),
  OptOutType: cleanedText().max(16).catch(''),
});
export type SmsForm = z.infer<typeof smsForm>;

export const smsStatusForm = z.object({
  MessageSid: messageSid,
  AccountSid: accountSid,
  MessageStatus: cleanedText().max(40),
  ErrorCode: z
    .string()
    .regex(/^\d{1,8}$/)
    .optional()
    .catch(undefined),
});
export type SmsStatusForm = z.infer<typeof smsStatusForm>;

/** The id of our message, in the address Twilio reports to. */
export const smsStatusQuery = z.object({ m: z.uuid().toLowerCase() });
export type SmsStatusQuery = z.infer<typeof smsStatusQuery>;

/** Our statuses by Twilio's. */
export const SMS_STATUSES: Readonly<Record<string, SentStatus>> = {
  accepted: 'accepted',
  scheduled: 'accepted',
  queued: 'accepted',
  sending: 'accepted',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
};
