import { DateTime } from 'luxon';
import { z } from 'zod';

/** The outcome of a tool call, as the conversation describes it to a model. */
export type ToolResult =
  | { readonly status: 'ok'; readonly value: unknown }
  | { readonly status: 'refused'; readonly reason: string }
  | { readonly status: 'failed' | 'timed-out' | 'cancelled' };

const outputSchema = z.discriminatedUnion('status', [
  z
    .object({ status: z.literal('ok'), result: z.unknown() })
    .transform(({ result }): ToolResult => ({ status: 'ok', value: result })),
  z.object({ status: z.literal('refused'), reason: z.string().max(200).catch('') }),
  z.object({ status: z.enum(['failed', 'timed-out', 'cancelled']) }),
]);

/** Reads an outcome written by `describeOutcome` of the contracts. Any other text counts as a failure. */
export function readToolOutput(output: string): ToolResult {
  try {
    return outputSchema.parse(JSON.parse(output));
  } catch {
    return { status: 'failed' };
  }
}

export interface Slot {
  /** ISO 8601 with offset, exactly as it was given. */
  readonly start: string;
  readonly resource: string;
}

const MAX_SLOTS = 48;
const slotSchema = z.object({ start: z.string().max(40), resource: z.string().max(120).catch('') });
const availabilitySchema = z.object({ slots: z.array(z.unknown()) });

/**
 * Returns slots in the order of time; null when the value has another form. Entries without a readable start
 * are left out.
 */
export function readSlots(value: unknown): Slot[] | null {
  const parsed = availabilitySchema.safeParse(value);
  if (!parsed.success) return null;
  const slots = parsed.data.slots.slice(0, MAX_SLOTS).flatMap((entry) => {
    const slot = slotSchema.safeParse(entry);
    return slot.success && DateTime.fromISO(slot.data.start).isValid ? [slot.data] : [];
  });
  return slots.sort((a, b) => DateTime.fromISO(a.start).toMillis() - DateTime.fromISO(b.start).toMillis());
}

const bookingSchema = z.object({ reference: z.string().trim().min(1).max(40) });

export function readReference(value: unknown): string | null {
  const parsed = bookingSchema.safeParse(value);
  return parsed.success ? parsed.data.reference : null;
}

const customerSchema = z.object({ known: z.literal(true), name: z.string().trim().min(1).max(120) });

/** Returns the name of a known caller. */
export function readCustomerName(value: unknown): string | null {
  const parsed = customerSchema.safeParse(value);
  return parsed.success ? parsed.data.name : null;
}
