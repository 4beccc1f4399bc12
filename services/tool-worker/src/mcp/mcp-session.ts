import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type * as Mcp from '@modelcontextprotocol/client';
import type { Client, ClientOptions, JsonSchemaValidator, Tool } from '@modelcontextprotocol/client';
import type { JsonValue } from '@tandem/contracts';
import type { OutboundConnections, OutboundFailure } from '@tandem/platform';
import type { McpResult } from '@tandem/tools/handlers';
import { guardedFetch, type Exchange } from './guarded-fetch.ts';

/** The library; loaded with the first tool of a server, as most workers have none. */
export type McpLibrary = typeof Mcp;
export const loadMcp = (): Promise<McpLibrary> => import('@modelcontextprotocol/client');

/** How long a list of tools counts as the server's present one. */
const LIST_FOR_MS = 60_000;
const MOST_PAGES = 8;
/** How an answer is asked for whose stream the server has ended before it, unless it says when. */
const RESUMING = {
  maxRetries: 3,
  initialReconnectionDelay: 500,
  maxReconnectionDelay: 2_000,
  reconnectionDelayGrowFactor: 2,
};

/** Takes every result: its schema is the server's own, and checking it may be made expensive. */
const UNCHECKED: NonNullable<ClientOptions['jsonSchemaValidator']> = {
  getValidator<Value>(): JsonSchemaValidator<Value> {
    return (input) => ({ valid: true, data: input as Value, errorMessage: undefined });
  },
};

/** A tool as the server has it now. */
export interface LiveTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: unknown;
  readonly digest: string;
}

export interface SessionLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** One session with a server. It negotiates the version of the protocol and keeps the id of the session. */
export class McpSession {
  private readonly exchanges = new AsyncLocalStorage<Exchange>();
  private readonly client: Client;
  private listed: { readonly at: number; readonly tools: ReadonlyMap<string, LiveTool> } | null = null;
  private terminate: () => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly library: McpLibrary,
    private readonly connections: Pick<OutboundConnections, 'open'>,
  ) {
    this.client = new library.Client(
      { name: 'tandem', version: '1' },
      {
        capabilities: {},
        listMaxPages: MOST_PAGES,
        jsonSchemaValidator: UNCHECKED,
      },
    );
    // Faults of a request reach the one who made it.
    this.client.onerror = () => undefined;
  }

  async connect(
    url: string,
    headers: Readonly<Record<string, string>>,
    limits: SessionLimits,
  ): Promise<void> {
    const transport = new this.library.StreamableHTTPClientTransport(new URL(url), {
      fetch: guardedFetch(this.connections, () => this.exchanges.getStore()),
      requestInit: { headers: { ...headers } },
      reconnectionOptions: RESUMING,
    });
    this.terminate = () => transport.terminateSession();
    await this.within(limits, (options) => this.client.connect(transport, options));
  }

  /** Returns the tool as the server had it within the last minute, and has it now where that differs. */
  async tool(name: string, digest: string, limits: SessionLimits): Promise<LiveTool | undefined> {
    const isRecent = this.listed !== null && Date.now() - this.listed.at < LIST_FOR_MS;
    const known = isRecent ? this.listed?.tools.get(name) : undefined;
    return known?.digest === digest ? known : (await this.list(limits)).get(name);
  }

  /** Asks for the tools. Returns them by name. */
  async list(limits: SessionLimits): Promise<ReadonlyMap<string, LiveTool>> {
    const { tools } = await this.within(limits, (options) =>
      this.client.listTools(undefined, { ...options, cacheMode: 'refresh' }),
    );
    const live = new Map(tools.map((tool) => [tool.name, liveTool(tool)]));
    this.listed = { at: Date.now(), tools: live };
    return live;
  }

  async call(
    name: string,
    input: Readonly<Record<string, JsonValue>>,
    limits: SessionLimits,
  ): Promise<McpResult> {
    const result = await this.within(limits, (options) =>
      this.client.callTool({ name, arguments: { ...input } }, options),
    );
    const { isError = false, content = [], structuredContent } = result;
    return { isError: isError === true, content, structured: structuredContent };
  }

  /** Ends the session at the server too, as far as it lets us. */
  async close(): Promise<void> {
    await this.terminate().catch(() => undefined);
    await this.client.close().catch(() => undefined);
  }

  /** Runs a request within its time. A response that breaks off ends it at once. */
  private async within<Result>(
    { timeoutMs, signal }: SessionLimits,
    run: (options: { readonly signal: AbortSignal; readonly timeout: number }) => Promise<Result>,
  ): Promise<Result> {
    const until = performance.now() + timeoutMs;
    const broken = new AbortController();
    let failure: OutboundFailure | null = null;
    const exchange: Exchange = {
      signal,
      remainingMs: () => until - performance.now(),
      onBroken: (with_) => {
        failure ??= with_;
        broken.abort(with_);
      },
    };
    try {
      return await this.exchanges.run(exchange, () =>
        run({ signal: AbortSignal.any([signal, broken.signal]), timeout: timeoutMs }),
      );
    } catch (error) {
      throw failure ?? error;
    }
  }
}

function liveTool({ name, description = '', inputSchema }: Tool): LiveTool {
  const digest = createHash('sha256')
    .update(canonical({ name, description, inputSchema }))
    .digest('base64url');
  return { name, description, inputSchema, digest };
}

/** Returns JSON whose properties are in one order: a server may write the same declaration in another. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`)
    .join(',')}}`;
}
