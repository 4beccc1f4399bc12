import { z } from 'zod';
import {
  headerProblems,
  secretNameSchema,
  toolHeadersSchema,
  toolResponseSchema,
  toolSentencesSchema,
  toolTimeoutSchema,
} from './http-tool.ts';
import { checkParameters } from './tool-parameters.ts';

/*
 * Servers of the Model Context Protocol whose tools an agent may call. Their declarations are asked for when
 * a version is published and frozen into it.
 */

/** The most servers of an agent. */
const MAX_SERVERS = 5;
/** The most tools of one server. */
const MAX_TOOLS = 20;
/** The most tools of all servers: their declarations travel with every call. */
const MAX_ALL_TOOLS = 40;
/** Longest name of a tool that models take. */
const MAX_NAME_LENGTH = 64;
export const MAX_MCP_DESCRIPTION_LENGTH = 1_000;

/** Headers the protocol sets itself. */
const PROTOCOL_HEADERS = /^(?:accept|last-event-id|mcp-.*)$/i;

/** The declaration of a tool by its server when the version was published. Set by Tandem. */
const declaredSchema = z.object({
  description: z.string().max(MAX_MCP_DESCRIPTION_LENGTH),
  /** JSON Schema of the arguments, cut down to the part that models are shown. */
  parameters: z.record(z.string(), z.unknown()).superRefine(checkParameters),
  /** Digest of the server's own declaration: a tool that has changed is not called. */
  digest: z.string().regex(/^[\w-]{43}$/),
});
export type McpDeclared = z.output<typeof declaredSchema>;

const toolSchema = z.object({
  /** The server's own name of the tool. */
  name: z.string().regex(/^[A-Za-z0-9_./-]{1,128}$/, 'must be letters, digits and _ . / -, 128 at most'),
  /** The same call twice does no more than once, so it may be tried again. */
  isSafeToRepeat: z.boolean().default(false),
  /** Dropped when the caller hangs up before it began. By default as `isSafeToRepeat`. */
  cancellable: z.boolean().optional(),
  /** For what cannot be undone: it runs once the caller was asked and has answered. By default false. */
  confirm: z.boolean().optional(),
  timeoutMs: toolTimeoutSchema,
  response: toolResponseSchema,
  sentences: toolSentencesSchema,
  declared: declaredSchema.nullable().default(null),
});
export type McpTool = z.output<typeof toolSchema>;

const connectionSchema = z.object({
  /** The beginning of the names of its tools. */
  name: z.string().regex(/^[a-z][a-z0-9]{0,19}$/, 'must be lower-case letters and digits, 20 at most'),
  /** The endpoint of its streamable HTTP transport. */
  url: z
    .string()
    .min(1)
    .max(1_000)
    .regex(
      /^https?:\/\/[^\s{}#@\\]+$/,
      'must be a URL such as https://mcp.example.com/mcp, without placeholders',
    ),
  headers: toolHeadersSchema,
});

export const mcpServerSchema = connectionSchema
  .extend({
    /** The tools the agent may call, and no others; a name stands for a tool with the defaults. */
    tools: z
      .array(z.preprocess((given) => (typeof given === 'string' ? { name: given } : given), toolSchema))
      .min(1)
      .max(MAX_TOOLS),
  })
  .superRefine((server, context) => {
    const problems = [...headerProblems(server), ...protocolHeaders(server), ...nameProblems(server)];
    for (const { path, message } of problems) context.addIssue({ code: 'custom', path: [...path], message });
  });
export type McpServer = z.output<typeof mcpServerSchema>;

export const mcpServersSchema = z
  .array(mcpServerSchema)
  .max(MAX_SERVERS)
  .refine((servers) => new Set(servers.map(({ name }) => name)).size === servers.length, {
    message: 'two servers have the same name',
  })
  .refine((servers) => servers.reduce((sum, { tools }) => sum + tools.length, 0) <= MAX_ALL_TOOLS, {
    message: `must have at most ${MAX_ALL_TOOLS} tools together`,
  })
  .default([]);

/** The part of a server that a connection needs, with the sealed secrets its headers name. */
export const mcpConnectionSchema = z.object({
  server: connectionSchema,
  secrets: z.record(secretNameSchema, z.string().max(8_192)),
});
export type McpConnection = z.output<typeof mcpConnectionSchema>;

/** A tool of a server with all that a worker needs beside the arguments. */
export const mcpToolRequestSchema = mcpConnectionSchema.extend({
  tool: toolSchema.extend({ declared: declaredSchema }),
});
export type McpToolRequest = z.output<typeof mcpToolRequestSchema>;

/** Returns the name of a server's tool as the model knows it. */
export function mcpToolName({ name: server }: Pick<McpServer, 'name'>, tool: Pick<McpTool, 'name'>): string {
  return `${server}_${tool.name.replace(/[^A-Za-z0-9_]/g, '_')}`;
}

/** Returns the names of all tools of servers, as the model knows them. */
export function mcpToolNames(servers: readonly McpServer[]): string[] {
  return servers.flatMap((server) => server.tools.map((tool) => mcpToolName(server, tool)));
}

function protocolHeaders({ headers }: Pick<McpServer, 'headers'>) {
  return Object.keys(headers)
    .filter((name) => PROTOCOL_HEADERS.test(name))
    .map((name) => ({ path: ['headers', name], message: 'is a header Tandem sets itself' }));
}

function nameProblems(server: Pick<McpServer, 'name' | 'tools'>) {
  const names = server.tools.map((tool) => mcpToolName(server, tool));
  return names.flatMap((name, index) => {
    const path = ['tools', index, 'name'];
    if (name.length > MAX_NAME_LENGTH)
      return [{ path, message: `is too long: ${name} has more than ${MAX_NAME_LENGTH} characters` }];
    return names.indexOf(name) < index
      ? [{ path, message: `is there twice: two tools are named ${name}` }]
      : [];
  });
}
