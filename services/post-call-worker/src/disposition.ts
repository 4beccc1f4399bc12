import type { TerminationClass, TerminationReason } from '@tandem/contracts';
import type { BookingOfCall, CallRecord, DispositionRecord } from '@tandem/database';

type Facts = Pick<CallRecord, 'termination' | 'toolCalls' | 'utterances'> & {
  readonly bookings: readonly BookingOfCall[];
  readonly hasPressedKeys: boolean;
};

const BOOKING_TOOL = 'book_appointment';
const FAILED_CLASSES: ReadonlySet<TerminationClass> = new Set(['provider', 'platform', 'indeterminate']);
/** Reasons an agent ends a call that its caller has not ended. */
const AGENT_REASONS: ReadonlyMap<TerminationReason, string> = new Map([
  ['caller-silent', 'the caller had fallen silent'],
  ['no-progress', 'the conversation led nowhere'],
]);

/** The outcomes of a call for the business; the first rule that applies decides. */
const RULES: readonly { readonly outcome: string; readonly detail: (facts: Facts) => string | null }[] = [
  { outcome: 'to-confirm', detail: unconfirmedBooking },
  { outcome: 'booked', detail: bookingReference },
  {
    outcome: 'transferred',
    detail: ({ termination }) => (termination?.reason === 'transferred' ? 'handed to a person' : null),
  },
  {
    outcome: 'failed',
    detail: ({ termination }) =>
      termination && (FAILED_CLASSES.has(termination.class) || termination.reason === 'media-errors')
        ? termination.reason
        : null,
  },
  {
    outcome: 'ended-by-operator',
    detail: ({ termination }) => (termination?.class === 'operator' ? 'an operator ended the call' : null),
  },
  {
    outcome: 'abandoned',
    detail: ({ utterances, hasPressedKeys }) =>
      hasPressedKeys || utterances.some(({ speaker }) => speaker === 'caller')
        ? null
        : 'the caller said nothing',
  },
  {
    outcome: 'handled',
    detail: ({ termination }) => (termination?.class === 'completed' ? 'the agent said goodbye' : null),
  },
  {
    outcome: 'ended-by-agent',
    detail: ({ termination }) => (termination ? (AGENT_REASONS.get(termination.reason) ?? null) : null),
  },
  {
    outcome: 'ended-by-caller',
    detail: ({ termination }) =>
      termination?.reason === 'caller-hangup' ? 'the caller hung up in the conversation' : null,
  },
];

export function dispositionOf(facts: Facts): DispositionRecord {
  for (const { outcome, detail } of RULES) {
    const because = detail(facts);
    if (because !== null) return { outcome, detail: because };
  }
  return { outcome: 'unknown', detail: '' };
}

/** Returns the references of the bookings the caller was told of. */
function bookingReference({ toolCalls }: Facts): string | null {
  const told = toldReferences(toolCalls);
  return told.length > 0 ? told.join(', ') : null;
}

/**
 * Returns the bookings the caller was not told of, and those the agent could not be sure of: the caller was
 * promised a confirmation.
 */
function unconfirmedBooking({ toolCalls, bookings }: Facts): string | null {
  const told = toldReferences(toolCalls);
  const untold = bookings.map(({ reference }) => reference).filter((reference) => !told.includes(reference));
  if (untold.length > 0) {
    const beside = told.length > 0 ? `; the caller knows of ${told.join(', ')}` : '';
    return (
      `${untold.join(', ')} ${untold.length === 1 ? 'is' : 'are'} booked, and the caller does not ` +
      `know${beside}`
    );
  }
  if (told.length > 0) return null;
  const isOpen = toolCalls.some(
    ({ name, outcome }) =>
      name === BOOKING_TOOL && (outcome?.status === 'failed' || outcome?.status === 'timed-out'),
  );
  return isOpen ? 'nothing is booked, and the caller does not know' : null;
}

/** Returns each reference once, in the order it was told. */
function toldReferences(toolCalls: Facts['toolCalls']): string[] {
  const told = toolCalls.flatMap(({ name, outcome }) => {
    if (name !== BOOKING_TOOL || outcome?.status !== 'ok') return [];
    const { value } = outcome;
    const reference =
      typeof value === 'object' && value !== null && !Array.isArray(value) ? value.reference : undefined;
    return [typeof reference === 'string' ? reference : 'without a reference'];
  });
  return [...new Set(told)];
}
