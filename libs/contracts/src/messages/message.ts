import { z } from 'zod';

export const messageChannelSchema = z.enum(['sms', 'email']);
export type MessageChannel = z.infer<typeof messageChannelSchema>;

/**
 * The way of a message. Received: `received` awaits an answer, `answered` has one, `closed` gets none. Sent:
 * `queued` here, `sending` to the provider, `uncertain` whether the provider took it, `accepted` by the
 * provider, then what the provider reports; `suppressed` by the consent of its receiver.
 */
const MESSAGE_STATUSES = [
  'received',
  'answered',
  'closed',
  'queued',
  'sending',
  'uncertain',
  'accepted',
  'sent',
  'delivered',
  'read',
  'undelivered',
  'failed',
  'suppressed',
] as const;
export const messageStatusSchema = z.enum(MESSAGE_STATUSES);
export type MessageStatus = z.infer<typeof messageStatusSchema>;
export type SentStatus = Exclude<MessageStatus, 'received' | 'answered' | 'closed'>;

/** Places on the way; reports come in any order, and a message never goes back. */
const PLACES: Readonly<Record<SentStatus, number>> = {
  queued: 0,
  sending: 1,
  uncertain: 2,
  accepted: 3,
  sent: 4,
  delivered: 5,
  undelivered: 5,
  failed: 5,
  read: 6,
  suppressed: 7,
};

/** Returns whether a message that has the one status may get the other. */
export function isLaterStatus(status: SentStatus, than: SentStatus): boolean {
  return PLACES[status] > PLACES[than];
}
