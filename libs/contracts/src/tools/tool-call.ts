import { z } from 'zod';
import {
  callIdSchema,
  relayIdSchema,
  tenantIdSchema,
  toolCallIdSchema,
  type CallId,
  type TenantId,
  type ToolCallId,
} from '../words/ids.ts';
import { attestationSchema } from '../words/attestation.ts';
import { partySchema } from '../words/phone-number.ts';
import { httpToolRequestSchema, type HttpToolRequest } from './http-tool.ts';
import { mcpToolRequestSchema, type McpToolRequest } from './mcp-server.ts';
import { toolLimitsSchema, type ToolLimits } from './tool-limits.ts';
import { webSearchHostsSchema, type WebSearchHosts } from './web-search-hosts.ts';
import { jsonValueSchema, type JsonValue } from './json-value.ts';

/** The call a tool serves. Supplied by us, never taken from the model. */
const toolCallContextSchema = z.object({
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  /** The caller's number at admission: in its normal form, `anonymous`, or an address without a number. */
  callerNumber: partySchema,
  dialledNumber: partySchema,
  /** The carrier's finding on the caller's right to their number, where it has said one. */
  attestation: attestationSchema.optional(),
  /** IANA name; the business' own clock. */
  timeZone: z.string().max(64),
  language: z.string().max(35),
  /** Keys the caller pressed last, together; empty for none. */
  keypad: z.string().max(64).default(''),
  /**
   * Digits captured without the model seeing them, by the reference it was given. Never logged, never
   * returned.
   */
  secureDigits: z.record(z.string().max(64), z.string().max(64)).default({}),
});
export type ToolCallContext = z.infer<typeof toolCallContextSchema>;

/**
 * The body of a `tool-calls` job. Arguments and context are personal data and travel sealed; so does what a
 * worker must be able to trust.
 */
export const toolCallJobSchema = z.object({
  toolCallId: toolCallIdSchema,
  callId: callIdSchema,
  tenantId: tenantIdSchema,
  name: z.string().max(64),
  /** Sealed JSON of {@link ToolCallBody}. */
  sealed: z.string().max(131_072),
  /** The relay that requested the call; the result goes to its inbox unless the call has moved. */
  replyTo: relayIdSchema,
  /** Unix time in ms after which the call no longer waits for the outcome. */
  deadlineAt: z.number().int(),
  /** Unix time in ms until which the work goes on; absent for `deadlineAt`. */
  workUntil: z.number().int().optional(),
  /** Whether the relay opens a sealed outcome; absent in jobs of a release that reads a plain one. */
  opensOutcome: z.boolean().optional(),
  /** W3C trace context. */
  traceparent: z.string().max(64).optional(),
});
export type ToolCallJob = z.infer<typeof toolCallJobSchema>;

export const toolCallBodySchema = z.object({
  arguments: jsonValueSchema,
  context: toolCallContextSchema,
  /** The request of a tool its agent declares, as the version of the call has it. */
  http: httpToolRequestSchema.optional(),
  /** The tool of a server of the Model Context Protocol, as the version of the call has it. */
  mcp: mcpToolRequestSchema.optional(),
  /** The hosts a search of the web may find. */
  web: webSearchHostsSchema.optional(),
  limits: toolLimitsSchema.optional(),
});
export type ToolCallBody = z.infer<typeof toolCallBodySchema>;

/** A tool call of the conversation. */
export interface ToolCall {
  readonly toolCallId: ToolCallId;
  readonly callId: CallId;
  readonly tenantId: TenantId;
  readonly name: string;
  readonly arguments: JsonValue;
  readonly context: ToolCallContext;
  readonly deadlineMs: number;
  /** Time in ms after the deadline for which the work goes on. */
  readonly lateMs: number;
  readonly cancellable: boolean;
  readonly http?: HttpToolRequest | undefined;
  readonly mcp?: McpToolRequest | undefined;
  readonly web?: WebSearchHosts | undefined;
  readonly limits?: ToolLimits | undefined;
}
