import { mcpToolName, type AgentSnapshot, type ToolDeclaration } from '@tandem/contracts';
import { bookAppointment, bookAppointmentOnceAsked } from './book-appointment/declaration.ts';
import { cancelAppointment } from './cancel-appointment/declaration.ts';
import { createLead } from './create-lead/declaration.ts';
import { limitsOf } from './default-limits.ts';
import { moveAppointment } from './move-appointment/declaration.ts';
import { scheduleCallback } from './schedule-callback/declaration.ts';
import { takeMessage } from './take-message/declaration.ts';
import { checkAvailability } from './check-availability/declaration.ts';
import { collectDigits } from './collect-digits/declaration.ts';
import { findZone } from './find-zone/declaration.ts';
import { endCall } from './end-call/declaration.ts';
import { joinWaitingList } from './join-waiting-list/declaration.ts';
import { getCallerHistory } from './get-caller-history/declaration.ts';
import { httpToolDeclaration } from './http/declaration.ts';
import { mcpToolDeclaration } from './mcp/declaration.ts';
import { hostedToolDeclaration, type OpenSecret } from './mcp/hosted-declaration.ts';
import { lookupCustomer } from './lookup-customer/declaration.ts';
import { recordConsent } from './record-consent/declaration.ts';
import { sendEmail } from './send-email/declaration.ts';
import { sendSms } from './send-sms/declaration.ts';
import { switchLanguage } from './switch-language/declaration.ts';
import { transferCall, transferCallTo } from './transfer-call/declaration.ts';
import { updateMicDistance } from './update-mic-distance/declaration.ts';
import { webSearch } from './web-search/declaration.ts';

/**
 * Every tool an agent may use. A new one is a folder and a line here; worker tools also one in handlers.ts.
 */
export const TOOL_DECLARATIONS: readonly ToolDeclaration[] = [
  lookupCustomer,
  getCallerHistory,
  checkAvailability,
  bookAppointment,
  joinWaitingList,
  moveAppointment,
  cancelAppointment,
  createLead,
  takeMessage,
  scheduleCallback,
  transferCall,
  endCall,
  updateMicDistance,
  switchLanguage,
  collectDigits,
  recordConsent,
  sendSms,
  sendEmail,
  webSearch,
  findZone,
];

/** The settings of an agent that its tools depend on, beside their names. */
export type ToolSettings = Partial<
  Pick<AgentSnapshot, 'directory' | 'httpTools' | 'mcpServers' | 'toolSecrets' | 'toolPolicy' | 'webSearch'>
> & {
  /** Opens secrets for servers whose tools the model's provider calls; without it there are no such tools. */
  readonly openSecret?: OpenSecret;
};

/**
 * Returns the tools of these names, in their order. Without a directory, transfers are left out; so are names
 * this version does not know: an agent may be newer than its relay.
 */
export function declarationsFor(names: readonly string[], settings: ToolSettings = {}): ToolDeclaration[] {
  const { toolPolicy = {}, webSearch: web } = settings;
  return names.flatMap((name) => {
    const found = declarationNamed(name, settings);
    if (!found) return [];
    const { confirm = false, ...own } = (Object.hasOwn(toolPolicy, name) && toolPolicy[name]) || {};
    const limits = limitsOf(found, own);
    const hosts = name === webSearch.name ? web : undefined;
    return [
      {
        ...(confirm ? onceAsked(found) : found),
        ...(limits ? { limits } : {}),
        ...(hosts ? { web: hosts } : {}),
      },
    ];
  });
}

/** Returns a tool that runs once the caller was asked and has answered. */
function onceAsked(tool: ToolDeclaration): ToolDeclaration {
  if (tool.name === bookAppointment.name) return bookAppointmentOnceAsked;
  return { ...tool, confirm: tool.confirm ?? true };
}

function declarationNamed(name: string, settings: ToolSettings): ToolDeclaration | null {
  const { directory = [], httpTools = [], toolSecrets = {} } = settings;
  if (name === transferCall.name) return directory.length > 0 ? transferCallTo(directory) : null;
  const ours = TOOL_DECLARATIONS.find((tool) => tool.name === name);
  if (ours) return ours;
  const own = httpTools.find((tool) => tool.name === name);
  return own ? httpToolDeclaration(own, toolSecrets) : serverToolNamed(name, settings);
}

function serverToolNamed(name: string, settings: ToolSettings): ToolDeclaration | null {
  const { mcpServers = [], toolSecrets = {} } = settings;
  for (const server of mcpServers) {
    const tool = server.tools.find((offered) => mcpToolName(server, offered) === name);
    if (tool && server.runBy === 'provider') return hostedToolDeclaration(server, tool, settings);
    if (tool) return mcpToolDeclaration(server, tool, toolSecrets);
  }
  return null;
}
