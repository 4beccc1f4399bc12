import { cleanedText } from '@tandem/contracts';
import { MAX_TEXT_LENGTH, type ClientMessage } from '@tandem/softphone';
import { z } from 'zod';

/** Longest text message a browser may send. */
const MAX_MESSAGE_LENGTH = 8 * 1024;
const MAX_UINT32 = 0xffff_ffff;

const count = z.number().int().min(0).max(MAX_UINT32);

/** Each browser's message; unknown members are dropped. */
const clientMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), version: count, ticket: z.string().min(1).max(2_048) }),
  z.object({ type: z.literal('played'), sound: count, samples: count, ahead: count, at: count.optional() }),
  z.object({ type: z.literal('cleared'), id: count }),
  z.object({ type: z.literal('digit'), digit: z.string().regex(/^[0-9*#A-D]$/) }),
  z.object({ type: z.literal('text'), text: cleanedText().max(MAX_TEXT_LENGTH) }),
  z.object({ type: z.literal('ping'), id: count }),
  z.object({ type: z.literal('hangup') }),
]) satisfies z.ZodType<ClientMessage>;

/** Returns a browser's message; null for anything else. */
export function parseSoftphoneMessage(text: string): ClientMessage | null {
  if (text.length > MAX_MESSAGE_LENGTH) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = clientMessageSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
