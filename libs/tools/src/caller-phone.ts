import { normalPhone, shownNumber, type ToolCallContext, type ToolOutcome } from '@tandem/contracts';
import { refused } from './crm/outcome.ts';

/* The person a tool acts for: the carrier gives their number, and only without one they say it. */

/**
 * Returns the number the caller shows, else the one they gave; undefined when there is neither, null when the
 * one they gave is invalid.
 */
export function phoneOf(
  { callerNumber, dialledNumber }: ToolCallContext,
  given: string | undefined,
): string | undefined | null {
  const shown = shownNumber(callerNumber);
  if (shown !== null) return shown;
  return given === undefined ? undefined : normalPhone(given, dialledNumber);
}

/** @param nothing the sentence that says what was not done */
export function badPhone(nothing: string): ToolOutcome {
  return refused(
    'bad-phone',
    `The phone number is none that can be called. ${nothing} Ask for it again, with area code, or go on ` +
      'without one.',
  );
}

/** @param nothing the sentence that says what was not done */
export function phoneNeeded(nothing: string): ToolOutcome {
  return refused(
    'phone-needed',
    `The caller shows no number that could be called back. ${nothing} Ask for a number with area code and ` +
      'read it back.',
  );
}
