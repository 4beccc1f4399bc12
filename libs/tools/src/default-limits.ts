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
  join_waiting_list: { maxPerCall: 5, maxPerCallerPerDay: 10 },
  create_lead: CHANGES,
  take_message: CHANGES,
  schedule_callback: CHANGES,
  send_sms: MESSAGES,
  send_email: MESSAGES,
};

/** For a tool of the agent's own that changes something in a business system we know nothing of. */
const OWN_CHANGES: ToolLimits = { maxPerCall: 20 };

/** Returns the limits of a tool: those its agent sets, and for the rest the usual ones. */
export function limitsOf(
  tool: Pick<ToolDeclaration, 'name' | 'place' | 'http' | 'mcp' | 'hosted'>,
  own: ToolLimits,
): ToolLimits | undefined {
  const set = Object.keys(own).length === 0 ? undefined : own;
  if (tool.place === 'call') return set;
  const isOwn = tool.http !== undefined || tool.mcp !== undefined || tool.hosted !== undefined;
  const usual = isOwn ? (isChange(tool) ? OWN_CHANGES : undefined) : BUILT_IN[tool.name];
  return usual === undefined ? set : { ...usual, ...own };
}

const isChange = ({ http, mcp, hosted }: Pick<ToolDeclaration, 'http' | 'mcp' | 'hosted'>): boolean =>
  (http !== undefined && !isSafeToRepeat(http.tool)) ||
  (mcp !== undefined && !mcp.tool.isSafeToRepeat) ||
  (hosted !== undefined && !hosted.isSafeToRepeat);
