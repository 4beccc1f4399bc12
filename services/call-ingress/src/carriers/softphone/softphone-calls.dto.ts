import { normalPhone, WITHHELD } from '@tandem/contracts';
import type { CallRequest, NextRequest } from '@tandem/softphone';
import { z } from 'zod';
import { holdProgressQuery } from '../../callbacks/hold-progress.ts';
import type { HoldProgress } from '../../ports/carrier-instruction.ts';
import { inboundCall, type InboundCall } from '../../ports/inbound-call.ts';
import type { SoftphoneCall } from './softphone-call-tokens.ts';

const token = z.string().min(1).max(2_048);
const phone = z
  .string()
  .max(64)
  .refine((text) => normalPhone(text) !== null, 'must be a phone number with its country code');

export const callRequest = z.object({
  to: phone.optional(),
  from: phone.optional(),
  call: token.optional(),
  progress: z.string().max(200).default(''),
}) satisfies z.ZodType<CallRequest>;

export const nextRequest = z.object({
  call: token,
  stream: token,
  after: z.enum(['stream', 'transfer']),
}) satisfies z.ZodType<NextRequest>;

/** Returns the progress of a waiting call as it was handed out; nothing announced for anything else. */
export function progressOf(query: string): HoldProgress {
  const parsed = holdProgressQuery.safeParse(Object.fromEntries(new URLSearchParams(query)));
  return parsed.success ? parsed.data : { silentHolds: 0, unverifiedHolds: 0 };
}

/** Returns the parties of a new call. A caller who gives no number shows none. */
export function partiesOf(
  { from, to }: Pick<CallRequest, 'from' | 'to'>,
  talkNumber: string,
): Pick<SoftphoneCall, 'from' | 'to'> {
  return { from: from ?? WITHHELD, to: to ?? talkNumber };
}

/**
 * Returns the call as admission sees it. The page's visitor has named the number, so nothing that is known of
 * the number's owner is opened to them.
 */
export function ringingSoftphone(call: SoftphoneCall, country?: string): InboundCall {
  const nobodys = { carrierAccountId: null, attestation: null, isNumberClaimed: true } as const;
  return inboundCall({ ...call, ...nobodys, channel: 'softphone' }, country);
}
