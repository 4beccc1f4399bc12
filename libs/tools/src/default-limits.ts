import { isSafeToRepeat, type ToolDeclaration, type ToolLimits } from '@tandem/contracts';

/*
 * Limits of tools whose agent sets none: far above what a caller needs in a call, and far below what a model
 * that was talked into it could do.
 */

const CHANGES: ToolLimits = { maxPerCall: 10 };
const MESSAGES: ToolLimits = { maxPerCall: 5, maxPerCallerPerDay: 20 };

const BUILT_IN: Readonly<Record<string, ToolLimits>> = {
  book_appointment: CHANGES,
  move_appointment: CHANGES,
  cancel_appointment: { maxPerCall: 10, maxPerCallerPerDay: 30 },
  create_lead: CHANGES,
  take_message: CHANGES,
  schedule_callback: CHANGES,
  send_sms: MESSAGES,
  send_email: MESSAGES,
};

/** For a request that changes something in a business system we know nothing of. */
const HTTP_CHANGES: ToolLimits = { maxPerCall: 20 };

/** Returns the limits of a tool: those its agent sets, and for the rest the usual ones. */
export function limitsOf(
  { name, place, http }: Pick<ToolDeclaration, 'name' | 'place' | 'http'>,
  own: ToolLimits | undefined,
): ToolLimits | undefined {
  if (place === 'call') return own;
  const isChange = http !== undefined && !isSafeToRepeat(http.tool);
  const usual = http === undefined ? BUILT_IN[name] : isChange ? HTTP_CHANGES : undefined;
  return usual === undefined ? own : { ...usual, ...own };
}
