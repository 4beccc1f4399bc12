import { createHash } from 'node:crypto';
import { z } from 'zod';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/**
 * A conversation from admission to ending. Always ours, always a UUID (AudioSocket carries exactly 16 bytes).
 */
export type CallId = Branded<'CallId'>;
/** A party's attachment to a call. */
export type LegId = Branded<'LegId'>;
/** The organisation that owns numbers, agents, calls and contacts. */
export type TenantId = Branded<'TenantId'>;
/** A media-relay process. Lower-case letters, digits and dashes: it is part of URLs and Redis keys. */
export type RelayId = Branded<'RelayId'>;
/**
 * An invocation of a tool, unique over all calls; also the BullMQ job id and the idempotency key of its
 * effect.
 */
export type ToolCallId = Branded<'ToolCallId'>;
/** An entry of a model's history, in the provider's spelling. */
export type ItemId = Branded<'ItemId'>;
/** A generation by a model, in the provider's spelling. */
export type ResponseId = Branded<'ResponseId'>;

const uuid = z.uuid();
export const callIdSchema = uuid.transform((value) => value as CallId);
export const legIdSchema = uuid.transform((value) => value as LegId);
export const tenantIdSchema = uuid.transform((value) => value as TenantId);
export const relayIdSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
  .transform((value) => value as RelayId);
export const toolCallIdSchema = z
  .string()
  .regex(/^tc_[A-Za-z0-9_-]{1,150}$/)
  .transform((value) => value as ToolCallId);

/**
 * Longest provider's id (of an item, a response, a tool call) that is accepted. It is passed on unchanged
 * from the socket to the row.
 */
export const MAX_PROVIDER_ID_LENGTH = 256;
export const providerIdSchema = z.string().min(1).max(MAX_PROVIDER_ID_LENGTH);

/** Short and plain enough to be part of a job id and of an Idempotency-Key. */
const PLAIN_ID = /^[A-Za-z0-9_-]{1,64}$/;
/** Characters of another id that stay legible; a digest makes it unique. */
const LEGIBLE_LENGTH = 24;

/**
 * Our id for the model's `call_id`. BullMQ refuses job ids with a colon or of digits only, and a provider's
 * id is unique within one session at best, so ours contains the call and the epoch of the stream that
 * requested it.
 */
export function toToolCallId(callId: CallId, epoch: number, providerCallId: string): ToolCallId {
  const unique = PLAIN_ID.test(providerCallId) ? providerCallId : digested(providerCallId);
  return `tc_${callId}_${epoch}_${unique}` as ToolCallId;
}

function digested(id: string): string {
  const legible = id.slice(0, LEGIBLE_LENGTH).replace(/[^A-Za-z0-9_-]/g, '_');
  return `${legible}_${createHash('sha256').update(id).digest('base64url')}`;
}
