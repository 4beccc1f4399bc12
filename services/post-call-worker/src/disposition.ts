import type { BookingOfCall, CallRecord, DispositionRecord } from '@tandem/database';

type Facts = Pick<CallRecord, 'termination' | 'toolCalls' | 'utterances'> & { readonly bookings: readonly BookingOfCall[] };

/** What came of a call for the business, the strongest fact first. */
const RULES: readonly { readonly outcome: string; readonly detail: (facts: Facts) => string | null }[] = [
  { outcome: 'booked', detail: bookingReference },
  { outcome: 'to-confirm', detail: uncertainBooking },
  { outcome: 'transferred', detail: ({ termination }) => (termination?.reason === 'transferred' ? 'handed to a person' : null) },
  { outcome: 'failed', detail: ({ termination }) => (termination && ['provider', 'platform', 'indeterminate'].includes(termination.class) ? termination.reason : null) },
  { outcome: 'abandoned', detail: ({ utterances }) => (utterances.some(({ speaker }) => speaker === 'caller') ? null : 'the caller said nothing') },
  { outcome: 'handled', detail: ({ termination }) => (termination?.class === 'completed' ? 'the agent said goodbye' : null) },
  { outcome: 'ended-by-caller', detail: () => 'the caller hung up in the conversation' },
];

export function dispositionOf(facts: Facts): DispositionRecord {
  for (const { outcome, detail } of RULES) {
    const because = detail(facts);
    if (because !== null) return { outcome, detail: because };
  }
  return { outcome: 'unknown', detail: '' };
}

function bookingReference({ toolCalls }: Facts): string | null {
  for (const { name, outcome } of toolCalls) {
    if (name !== 'book_appointment' || outcome?.status !== 'ok') continue;
    const { value } = outcome;
    const reference = typeof value === 'object' && value !== null && !Array.isArray(value) ? value.reference : undefined;
    return typeof reference === 'string' ? reference : 'without a reference';
  }
  return null;
}

/** Where an agent could not tell whether an appointment exists, callers are promised that a colleague finds out: this is what there is to find out. */
function uncertainBooking({ toolCalls, bookings }: Facts): string | null {
  const open = toolCalls.filter(({ name, outcome }) => name === 'book_appointment' && outcome?.status !== 'ok' && outcome?.status !== 'refused');
  const made = bookings.filter(({ toolCallId }) => open.some((toolCall) => toolCall.toolCallId === toolCallId)).map(({ reference }) => reference);
  if (made.length > 0) return `${made.join(', ')} is booked, and the caller does not know`;
  return open.some(({ outcome }) => outcome?.status === 'failed' || outcome?.status === 'timed-out') ? 'nothing is booked, and the caller does not know' : null;
}
