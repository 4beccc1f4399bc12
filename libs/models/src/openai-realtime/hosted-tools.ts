import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  mcpResultNote,
  mcpToolName,
  type HostedTool,
  type ResponseId,
  type ToolDeclaration,
  type ToolOutcome,
} from '@tandem/contracts';
import type { Clock, ModelSessionListener, Timer } from '@tandem/conversation';
import type { RealtimeClientEvent } from 'openai/resources/realtime/realtime';
import type { HostedItem } from './wire/hosted-item.ts';
import type { OpenAiEvent } from './wire/server-events.ts';

interface HostedToolsParts {
  readonly clock: Clock;
  readonly listener: ModelSessionListener;
  readonly send: (event: RealtimeClientEvent) => void;
  readonly addNote: (text: string) => void;
}

/** A call of the model to a tool of a server, in the order its events come. */
interface HostedCall {
  /** Its item. */
  readonly itemId: string;
  /** The id under which the conversation knows it. */
  readonly id: string;
  readonly server: string;
  readonly tool: string;
  /** Null until they are complete. */
  argumentsJson: string | null;
  approvalId: string | null;
  /** Undefined while the conversation has not decided; null lets it run. */
  refusal: string | null | undefined;
  isAnswered: boolean;
  /** Runs when its end is known and its result is still on its way. */
  patience: Timer | null;
  outcome: ToolOutcome | null;
}

/** A server's list of tools; its item and the event of its end come in either order. */
interface HostedList {
  readonly server: string;
  /** Names of its tools; null while they are not known. */
  offered: ReadonlySet<string> | null;
  isCompleted: boolean;
}

type Handlers = {
  readonly [Type in OpenAiEvent['type']]?: (event: Extract<OpenAiEvent, { type: Type }>) => void;
};

const MAX_CALLS = 64;
const MAX_LISTS = 64;
/** Longest id that the Realtime API takes back for a tool call. */
const MAX_ID_LENGTH = 32;
/** The event of a call's end comes beside the item with its result, in either order. */
const RESULT_PATIENCE_MS = 500;
const MAX_RESULT_LENGTH = 4_000;
const MAX_REASON_LENGTH = 1_000;

/**
 * Servers whose tools the Realtime API calls by itself. It asks before each call; its question and the call's
 * own events are joined here, and the result is known once the call's item has it.
 */
export class HostedTools {
  private tools: ReadonlyMap<string, HostedTool> = new Map();
  /** Lists of tools by their items. */
  private readonly lists = new Map<string, HostedList>();
  /** Servers whose tools are known, or known to be missing. */
  private readonly settledServers = new Set<string>();
  private readonly calls = new Map<string, HostedCall>();
  private answers = 0;

  constructor(private readonly parts: HostedToolsParts) {}

  /** The session is given these tools. */
  declare(tools: readonly ToolDeclaration[]): void {
    this.tools = new Map(tools.flatMap(({ name, hosted }) => (hosted ? [[name, hosted] as const] : [])));
    const servers = new Set([...this.tools.values()].map(({ server }) => server));
    for (const server of this.settledServers) if (!servers.has(server)) this.settledServers.delete(server);
  }

  readonly on: Handlers = {
    'conversation.item.added': ({ item }) => void this.listOf(item),
    'conversation.item.done': ({ item }) => this.itemDone(item),
    'mcp_list_tools.completed': ({ item_id }) => this.listCompleted(item_id),
    'mcp_list_tools.failed': ({ item_id }) => this.listFailed(item_id),
    'response.mcp_call_arguments.done': (done) => this.argumentsDone(done),
    'response.mcp_call.completed': ({ item_id }) => this.ended(item_id, { status: 'ok', value: null }),
    'response.mcp_call.failed': ({ item_id }) => this.ended(item_id, failed('mcp-call-failed')),
  };

  /** An item of a response began. */
  itemAdded({ type, id, server_label, name }: HostedItem): void {
    if (type !== 'mcp_call' || id === undefined || this.calls.has(id)) return;
    const [oldest] = this.calls.keys();
    if (this.calls.size >= MAX_CALLS && oldest !== undefined) this.calls.delete(oldest);
    this.calls.set(id, {
      itemId: id,
      id: shortId(id),
      server: server_label ?? '',
      tool: name ?? '',
      argumentsJson: null,
      approvalId: null,
      refusal: undefined,
      isAnswered: false,
      patience: null,
      outcome: null,
    });
  }

  /** An item is complete, in a response or in the conversation. Each is told twice. */
  itemDone(item: HostedItem): void {
    if (item.type === 'mcp_list_tools') this.listed(item);
    else if (item.type === 'mcp_approval_request') this.approvalAsked(item);
    else if (item.type === 'mcp_call') this.callDone(item);
  }

  decide(id: string, refusal: string | null): void {
    const call = this.callOf(id);
    if (!call || call.refusal !== undefined) return;
    call.refusal = refusal;
    this.answer(call);
  }

  /**
   * Tells the model of an outcome that it has not from its provider. Returns false for a call that is none of
   * a server.
   */
  tellOutcome(id: string, output: string): boolean {
    const call = this.callOf(id);
    if (!call) return false;
    const knows = call.outcome?.status === 'ok' || typeof call.refusal === 'string';
    if (!knows) this.parts.addNote(`${call.tool} of ${call.server}: ${output}`);
    return true;
  }

  stop(): void {
    for (const { patience } of this.calls.values()) patience?.cancel();
  }

  // Lists of tools

  private listOf({ type, id, server_label }: HostedItem): HostedList | null {
    if (type !== 'mcp_list_tools' || id === undefined || !server_label) return null;
    const known = this.lists.get(id);
    if (known || this.lists.size >= MAX_LISTS) return known ?? null;
    const list: HostedList = { server: server_label, offered: null, isCompleted: false };
    this.lists.set(id, list);
    return list;
  }

  private listed(item: HostedItem): void {
    const list = this.listOf(item);
    if (!list || !item.tools) return;
    list.offered = new Set(item.tools.map(({ name }) => name));
    this.compare(list);
  }

  private listCompleted(itemId: string): void {
    const list = this.lists.get(itemId);
    if (!list) return;
    list.isCompleted = true;
    this.compare(list);
  }

  /** Compares a list that is complete with the tools the session was given. */
  private compare({ server, offered, isCompleted }: HostedList): void {
    if (!isCompleted || !offered || this.settledServers.has(server)) return;
    this.settledServers.add(server);
    this.missing(server, 'not-offered', ({ tool }) => !offered.has(tool));
  }

  private listFailed(itemId: string): void {
    const server = this.lists.get(itemId)?.server;
    // One session has few servers: with one that is unknown, all that are not settled count as failed.
    const failedOnes = server === undefined ? this.serversUnsettled() : [server];
    for (const failedOne of failedOnes) {
      this.settledServers.add(failedOne);
      this.missing(failedOne, 'not-listed', () => true);
    }
  }

  private serversUnsettled(): string[] {
    const servers = new Set([...this.tools.values()].map(({ server }) => server));
    return [...servers].filter((server) => !this.settledServers.has(server));
  }

  private missing(
    server: string,
    why: 'not-listed' | 'not-offered',
    isMissing: (tool: HostedTool) => boolean,
  ): void {
    const names = [...this.tools].flatMap(([name, tool]) =>
      tool.server === server && isMissing(tool) ? [name] : [],
    );
    if (names.length > 0) this.parts.listener.onToolsMissing?.(names, why);
  }

  // Calls

  private argumentsDone(done: Extract<OpenAiEvent, { type: 'response.mcp_call_arguments.done' }>): void {
    const call = this.calls.get(done.item_id);
    // A response that was stopped reports its calls as far as they came.
    if (!call || call.argumentsJson !== null || !done.arguments.trimEnd().endsWith('}')) return;
    call.argumentsJson = done.arguments;
    this.announce(call, done.response_id);
  }

  private announce(call: HostedCall, responseId: ResponseId): void {
    this.parts.listener.onToolCall({
      providerCallId: call.id,
      responseId,
      name: this.nameOf(call),
      argumentsJson: call.argumentsJson ?? '{}',
      isHosted: true,
    });
  }

  private approvalAsked(request: HostedItem): void {
    const { id } = request;
    if (id === undefined || [...this.calls.values()].some(({ approvalId }) => approvalId === id)) return;
    const call = [...this.calls.values()].find(
      (known) =>
        known.approvalId === null &&
        known.argumentsJson !== null &&
        known.server === request.server_label &&
        known.tool === request.name &&
        isSameJson(known.argumentsJson, request.arguments ?? ''),
    );
    if (!call) return this.sendAnswer(id, 'Nothing was done: this call is not known. Do not call it again.');
    call.approvalId = id;
    this.answer(call);
  }

  private answer(call: HostedCall): void {
    if (call.approvalId === null || call.refusal === undefined || call.isAnswered) return;
    call.isAnswered = true;
    this.sendAnswer(call.approvalId, call.refusal);
  }

  private sendAnswer(approvalId: string, refusal: string | null): void {
    this.answers += 1;
    this.parts.send({
      type: 'conversation.item.create',
      item: {
        type: 'mcp_approval_response',
        id: `tandem_approval_${this.answers}`,
        approval_request_id: approvalId,
        approve: refusal === null,
        ...(refusal === null ? {} : { reason: refusal.slice(0, MAX_REASON_LENGTH) }),
      },
    });
  }

  private callDone(item: HostedItem): void {
    const call = this.calls.get(item.id ?? '') ?? this.callApproved(item.approval_request_id);
    if (!call) return;
    if (item.error) this.settle(call, failed(codeOf(item.error)));
    else if (typeof item.output === 'string')
      this.settle(call, { status: 'ok', value: resultOf(call.server, item.output) });
  }

  private callApproved(approvalId: string | null | undefined): HostedCall | undefined {
    if (!approvalId) return undefined;
    return [...this.calls.values()].find((call) => call.approvalId === approvalId);
  }

  private ended(itemId: string, outcome: ToolOutcome): void {
    const call = this.calls.get(itemId);
    if (!call || call.outcome || call.patience) return;
    const value = resultOf(call.server, '');
    const withoutResult: ToolOutcome = outcome.status === 'ok' ? { status: 'ok', value } : outcome;
    call.patience = this.parts.clock.after(RESULT_PATIENCE_MS, () => this.settle(call, withoutResult));
  }

  private settle(call: HostedCall, outcome: ToolOutcome): void {
    call.patience?.cancel();
    // What was refused ends with its refusal.
    if (call.outcome || call.argumentsJson === null || typeof call.refusal === 'string') return;
    call.outcome = outcome;
    this.parts.listener.onHostedToolEnded?.(call.id, outcome);
  }

  private callOf(id: string): HostedCall | undefined {
    return [...this.calls.values()].find((call) => call.id === id);
  }

  private nameOf({ server, tool }: HostedCall): string {
    return mcpToolName({ name: server }, { name: tool });
  }
}

/** Ids of items may be longer than what is taken back in the history of the next session. */
function shortId(itemId: string): string {
  if (itemId.length <= MAX_ID_LENGTH) return itemId;
  return `mcp_${createHash('sha256').update(itemId).digest('hex').slice(0, 24)}`;
}

const failed = (code: string): ToolOutcome => ({ status: 'failed', code, retryable: false });

function codeOf({ type, code }: NonNullable<HostedItem['error']>): string {
  switch (type) {
    case 'http_error':
      return code === undefined ? 'mcp-http' : `mcp-http-${code}`;
    case 'protocol_error':
      return 'mcp-protocol-fault';
    case 'tool_execution_error':
      return 'mcp-tool-error';
    default:
      return 'mcp-call-failed';
  }
}

/** Returns the part of a result that is kept; the model has all of it from its provider. */
function resultOf(server: string, output: string) {
  const text = output.replaceAll('\0', '').toWellFormed().trim();
  const result =
    text.length > MAX_RESULT_LENGTH ? `${text.slice(0, MAX_RESULT_LENGTH).toWellFormed()}…` : text;
  return { note: mcpResultNote(server), result };
}

function isSameJson(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
  } catch {
    return false;
  }
}
