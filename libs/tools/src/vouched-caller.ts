import { shownNumber, validationOf, type ToolCallContext } from '@tandem/contracts';
import type { MadeBooking } from './crm/crm-responses.ts';

/*
 * A number can be forged. The reference of an appointment proves whose number it is where the carrier does
 * not, so it is told only to those who have a right to it without a proof, and proves nothing for the caller
 * who has heard it in such a call.
 */

/** Returns whether the carrier vouches for the number that calls. */
export const isVouchedFor = ({ attestation }: Pick<ToolCallContext, 'attestation'>): boolean =>
  validationOf(attestation ?? null) === 'passed';

/**
 * Returns whether the reference of a booking of the number that calls may be told: the carrier vouches for
 * the caller, or they have made the booking in this very call.
 */
export const mayHearReference = (
  { callId }: Pick<MadeBooking, 'callId'>,
  context: Pick<ToolCallContext, 'attestation' | 'callId'>,
): boolean => isVouchedFor(context) || callId === context.callId;

/**
 * Returns whether knowing a booking's reference proves that the number that calls is the caller's own. One
 * made in this call does not, nor one made in a call from another number or from one the carrier did not
 * vouch for. One that was made in no call was given out by the business itself.
 */
export function provesNumber({ callId, caller }: MadeBooking, context: ToolCallContext): boolean {
  if (callId === null) return true;
  if (callId === context.callId || caller === null) return false;
  return (
    isVouchedFor({ attestation: caller.attestation ?? undefined }) &&
    shownNumber(caller.number) === shownNumber(context.callerNumber)
  );
}
