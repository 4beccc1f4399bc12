import type { Clock, Timer } from '@tandem/kit';
import { newItem, type Conversation, type Item } from '../conversation/conversation.ts';
import type { SessionFaults } from '../faults/session-faults.ts';
import { missingParameter, refusal, type ApiError } from '../wire/api-error.ts';
import type { EventWriter } from '../wire/event-writer.ts';
import type { IdSource } from '../wire/ids.ts';
import { asArray, asObject, asString, isObject, type JsonObject, type Typed } from '../wire/json.ts';

/** A tool of a server that the simulated provider calls. */
interface HostedToolScript {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: JsonObject;
  /** Default 50. */
  readonly delayMs?: number;
  /** Returns the text of the result; a throw is a tool that failed. */
  readonly run: (input: JsonObject) => string;
}

/** A server as the simulated provider sees it: no connection is made to it. */
export interface HostedServerScript {
  /** As in `server_url`. */
  readonly url: string;
  /** Headers without which it does not list its tools. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tools: readonly HostedToolScript[];
  /** From `session.updated` to the list of tools; default 20. */
  readonly listMs?: number;
}

/** A call that the provider was allowed to run, as the server got it. */
export interface HostedCallRecord {
  readonly server: string;
  readonly name: string;
  readonly input: JsonObject;
}

interface HostedServersOptions {
  readonly clock: Clock;
  readonly writer: EventWriter;
  readonly ids: IdSource;
  readonly conversation: Conversation;
  readonly servers: readonly HostedServerScript[];
  readonly faults: () => SessionFaults;
  readonly session: () => JsonObject;
}

interface WaitingCall {
  readonly item: Item;
  readonly outputIndex: number;
}

const LIST_MS = 20;
const CALL_MS = 50;

/**
 * The servers of the Model Context Protocol of one session: lists their tools after an update, asks for
 * approval, calls them between responses. It starts no response after a call: the client has to.
 */
export class HostedServers {
  readonly calls: HostedCallRecord[] = [];
  private readonly options: HostedServersOptions;
  /** Tools by the label of their server; a label without its list has none. */
  private readonly listed = new Map<string, readonly HostedToolScript[]>();
  /** Declarations that were listed last, by label. */
  private readonly asked = new Map<string, string>();
  private readonly waiting = new Map<string, WaitingCall>();
  private readonly timers = new Set<Timer>();

  constructor(options: HostedServersOptions) {
    this.options = options;
  }

  /** Lists the tools of servers that are new or have changed. */
  configure(session: JsonObject): void {
    const declared = asArray(session['tools'])
      .map(asObject)
      .filter((tool) => tool['type'] === 'mcp');
    for (const label of [...this.asked.keys()]) {
      if (declared.some((tool) => tool['server_label'] === label)) continue;
      this.asked.delete(label);
      this.listed.delete(label);
    }
    for (const tool of declared) {
      const label = String(tool['server_label']);
      const text = JSON.stringify(tool);
      if (this.asked.get(label) === text) continue;
      this.asked.set(label, text);
      this.list(label, tool);
    }
  }

  /** Returns why the model cannot call this tool now, or null. */
  callFault(label: string, name: string): string | null {
    const tools = this.listed.get(label);
    if (!tools) return `the tools of ${label} are not listed`;
    return tools.some((tool) => tool.name === name)
      ? null
      : `${label} has no tool ${name}, or may not use it`;
  }

  /** A response has called a tool. Returns the item that asks for approval; null where none is needed. */
  called(item: Item, outputIndex: number): Typed | null {
    const label = String(item.wire['server_label']);
    const name = String(item.wire['name']);
    if (!this.needsApproval(label, name)) {
      this.run({ item, outputIndex });
      return null;
    }
    const id = this.options.ids.take('item');
    item.wire['approval_request_id'] = id;
    this.waiting.set(id, { item, outputIndex });
    const { arguments: input } = item.wire;
    return { type: 'mcp_approval_request', id, server_label: label, name, arguments: input };
  }

  /** Returns the fault of an item with an answer to a request for approval, or null. */
  answerFault(item: JsonObject): ApiError | null {
    if (item['type'] !== 'mcp_approval_response') return null;
    const id = asString(item['approval_request_id']);
    if (id === undefined) return missingParameter('item.approval_request_id');
    return this.waiting.has(id)
      ? null
      : refusal(
          'invalid_value',
          `Approval request ID '${id}' not found in conversation, or answered already.`,
          'item.approval_request_id',
        );
  }

  /** The client has answered a request for approval. */
  answered(item: JsonObject): void {
    if (item['type'] !== 'mcp_approval_response') return;
    const id = String(item['approval_request_id']);
    const call = this.waiting.get(id);
    this.waiting.delete(id);
    if (call && item['approve'] === true) this.run(call);
  }

  close(): void {
    for (const timer of this.timers) timer.cancel();
  }

  private list(label: string, tool: JsonObject): void {
    const { conversation, ids, servers, writer } = this.options;
    const item = newItem(ids.take('item'), 'model', {
      type: 'mcp_list_tools',
      server_label: label,
      tools: [],
    });
    const previous = conversation.tailId;
    conversation.insert(item);
    writer.emit('conversation.item.added', { previous_item_id: previous, item: item.wire });
    writer.emit('mcp_list_tools.in_progress', { item_id: item.id });
    const server = servers.find(({ url }) => url === tool['server_url']);
    this.later(server?.listMs ?? LIST_MS, () => {
      if (!server || !mayList(server, tool) || this.options.faults().failsHostedList())
        return writer.emit('mcp_list_tools.failed', { item_id: item.id });
      const allowed = allowedOf(tool);
      const tools = server.tools.filter(({ name }) => allowed === null || allowed.includes(name));
      this.listed.set(label, tools);
      item.wire['tools'] = tools.map(({ name, description, inputSchema }) => ({
        name,
        description: description ?? null,
        input_schema: inputSchema ?? { type: 'object' },
        annotations: null,
      }));
      writer.emit('conversation.item.done', {
        previous_item_id: conversation.previousId(item.id),
        item: item.wire,
      });
      writer.emit('mcp_list_tools.completed', { item_id: item.id });
    });
  }

  /** `require_approval` is `always` by default. */
  private needsApproval(label: string, name: string): boolean {
    const tool = asArray(this.options.session()['tools'])
      .map(asObject)
      .find((other) => other['type'] === 'mcp' && other['server_label'] === label);
    const rule = tool?.['require_approval'] ?? 'always';
    if (!isObject(rule)) return rule !== 'never';
    return !asArray(asObject(rule['never'])['tool_names']).includes(name);
  }

  private run({ item, outputIndex }: WaitingCall): void {
    const { writer } = this.options;
    const place = { item_id: item.id, output_index: outputIndex };
    const label = String(item.wire['server_label']);
    const tool = this.listed.get(label)?.find(({ name }) => name === item.wire['name']);
    writer.emit('response.mcp_call.in_progress', place);
    const fault = this.options.faults().ofHostedCall();
    if (fault === 'hang') return;
    this.later(tool?.delayMs ?? CALL_MS, () => {
      if (tool && fault === null) this.runTool(label, tool, item);
      else item.wire['error'] = { type: 'tool_execution_error', message: 'The tool failed.' };
      writer.emit(`response.mcp_call.${item.wire['error'] ? 'failed' : 'completed'}`, place);
      writer.emit('conversation.item.done', {
        previous_item_id: this.options.conversation.previousId(item.id),
        item: item.wire,
      });
    });
  }

  private runTool(server: string, tool: HostedToolScript, item: Item): void {
    try {
      const input = asObject(JSON.parse(String(item.wire['arguments'])));
      this.calls.push({ server, name: tool.name, input });
      item.wire['output'] = tool.run(input);
    } catch (error) {
      item.wire['error'] = { type: 'tool_execution_error', message: String(error) };
    }
  }

  private later(delayMs: number, run: () => void): void {
    const timer = this.options.clock.after(delayMs, () => {
      this.timers.delete(timer);
      run();
    });
    this.timers.add(timer);
  }
}

function allowedOf(tool: JsonObject): readonly unknown[] | null {
  const allowed = tool['allowed_tools'];
  const names = isObject(allowed) ? allowed['tool_names'] : allowed;
  return Array.isArray(names) ? asArray(names) : null;
}

/** Whether the headers are those the server wants, `authorization` as a bearer token. */
function mayList({ headers = {} }: HostedServerScript, tool: JsonObject): boolean {
  const token = asString(tool['authorization']);
  const given = new Map(
    Object.entries({
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...asObject(tool['headers']),
    }).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return Object.entries(headers).every(([name, value]) => given.get(name.toLowerCase()) === value);
}
