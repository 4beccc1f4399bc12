import type { ToolDeclaration } from '@tandem/contracts';
import { bookAppointmentHandler } from './book-appointment/handler.ts';
import { cancelAppointmentHandler } from './cancel-appointment/handler.ts';
import { createLeadHandler } from './create-lead/handler.ts';
import { moveAppointmentHandler } from './move-appointment/handler.ts';
import { scheduleCallbackHandler } from './schedule-callback/handler.ts';
import { takeMessageHandler } from './take-message/handler.ts';
import { checkAvailabilityHandler } from './check-availability/handler.ts';
import { TOOL_DECLARATIONS } from './index.ts';
import { findZoneHandler } from './find-zone/handler.ts';
import { getCallerHistoryHandler } from './get-caller-history/handler.ts';
import { joinWaitingListHandler } from './join-waiting-list/handler.ts';
import { lookupCustomerHandler } from './lookup-customer/handler.ts';
import { sendEmailHandler } from './send-email/handler.ts';
import { sendSmsHandler } from './send-sms/handler.ts';
import type { ToolHandler } from './tool-handler.ts';
import { webSearchHandler } from './web-search/handler.ts';

export { CrmClient, type CrmClientOptions } from './crm/crm-client.ts';
export { type HttpRunContext, runHttpTool } from './http/handler.ts';
export type { HttpFailure, HttpRequest } from './http/request.ts';
export type { HttpAnswer } from './http/response.ts';
export { type McpAnswer, type McpRunContext, runMcpTool } from './mcp/handler.ts';
export type { McpResult } from './mcp/result.ts';
export type { ToolHandler, ToolRunContext } from './tool-handler.ts';
export { openWebSearch, type WebSearch } from './web-search/web-search.ts';

/** Handlers of the worker's tools, by tool name. */
export const TOOL_HANDLERS: Readonly<Record<string, ToolHandler>> = {
  lookup_customer: lookupCustomerHandler,
  get_caller_history: getCallerHistoryHandler,
  check_availability: checkAvailabilityHandler,
  book_appointment: bookAppointmentHandler,
  join_waiting_list: joinWaitingListHandler,
  move_appointment: moveAppointmentHandler,
  cancel_appointment: cancelAppointmentHandler,
  create_lead: createLeadHandler,
  take_message: takeMessageHandler,
  schedule_callback: scheduleCallbackHandler,
  send_sms: sendSmsHandler,
  send_email: sendEmailHandler,
  web_search: webSearchHandler,
  find_zone: findZoneHandler,
};

/** Declarations and handlers do not match. */
export class HandlersMismatched extends Error {
  override readonly name = 'HandlersMismatched';
}

/**
 * Checks at the start of a worker that each worker tool has a handler, and each handler a worker tool.
 * @throws HandlersMismatched naming what is missing and where it goes
 */
export function verifyHandlers(
  declarations: readonly Pick<ToolDeclaration, 'name' | 'place'>[] = TOOL_DECLARATIONS,
  handlers: Readonly<Record<string, unknown>> = TOOL_HANDLERS,
): void {
  const expected = new Set(declarations.filter((tool) => tool.place === 'worker').map((tool) => tool.name));
  const folder = (name: string) => `libs/tools/src/${name.replaceAll('_', '-')}`;
  const faults = [
    ...[...expected]
      .filter((name) => !Object.hasOwn(handlers, name))
      .map(
        (name) =>
          `${name} has no handler: write ${folder(name)}/handler.ts and list it in TOOL_HANDLERS ` +
          '(libs/tools/src/handlers.ts)',
      ),
    ...Object.keys(handlers)
      .filter((name) => !expected.has(name))
      .map(
        (name) =>
          `the handler ${name} has no worker tool: declare it in ${folder(name)}/declaration.ts and ` +
          'list it in TOOL_DECLARATIONS (libs/tools/src/index.ts), or remove the handler',
      ),
  ];
  if (faults.length > 0)
    throw new HandlersMismatched(
      `Tools and handlers do not match:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
}
