import { z } from 'zod';

/** The provider's lifecycle, in Twilio's words. */
export const CALL_STATUSES = [
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'failed',
  'no-answer',
  'canceled',
] as const;
export const callStatusSchema = z.enum(CALL_STATUSES);
export type CallStatus = z.infer<typeof callStatusSchema>;

const FINAL_STATUSES: ReadonlySet<CallStatus> = new Set([
  'completed',
  'busy',
  'failed',
  'no-answer',
  'canceled',
]);
/** The carrier's leg is over; nothing follows. */
export function isFinalStatus(status: CallStatus): boolean {
  return FINAL_STATUSES.has(status);
}

export const callDirectionSchema = z.enum(['inbound', 'outbound']);
export type CallDirection = z.infer<typeof callDirectionSchema>;

/** The carrier of the media: Twilio Media Streams, an Asterisk AudioSocket, or a browser. */
export const channelSchema = z.enum(['twilio', 'asterisk', 'softphone']);
export type Channel = z.infer<typeof channelSchema>;

/**
 * Why a call never reached a relay. `abandoned`: the caller hung up while waiting. `callback-requested`: the
 * caller asked to be called back instead. The other reasons have a spoken message in call-ingress.
 */
export const REFUSAL_REASONS = [
  'unknown-number',
  'closed',
  'no-capacity',
  'agent-unavailable',
  'caller-blocked',
  'caller-not-allowed',
  'budget-reached',
  'provider-unavailable',
  'abandoned',
  'callback-requested',
] as const;
export const refusalReasonSchema = z.enum(REFUSAL_REASONS);
export type RefusalReason = z.infer<typeof refusalReasonSchema>;
