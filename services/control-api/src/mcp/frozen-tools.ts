import {
  cutParameters,
  MAX_MCP_DESCRIPTION_LENGTH,
  secretNamesOf,
  type AgentContent,
  type McpListing,
  type McpServer,
  type McpTool,
  type TenantId,
} from '@tandem/contracts';
import { Injectable } from '@nestjs/common';
import { SecretRepository } from '@tandem/database';
import { invalidRequest, Problem, type FieldProblem } from '@tandem/platform';
import { McpListings } from './mcp-listings.ts';

type Path = readonly (string | number)[];
type Listed = Extract<McpListing, { kind: 'listed' }>;

/** Freezes the declarations of servers' tools into the content of a version. */
@Injectable()
export class FrozenTools {
  constructor(
    private readonly listings: McpListings,
    private readonly secrets: SecretRepository,
  ) {}

  /**
   * Returns content whose servers' tools are declared as the servers have them now.
   * @throws Problem 400 with tools that are not there or cannot be used; 422 `mcp-server-unavailable`; 503
   * `tool-worker-unavailable`
   */
  async freeze(tenantId: TenantId, content: AgentContent): Promise<AgentContent> {
    const listings = await Promise.all(
      // What a provider calls it lists as well, from its own network and with each call.
      content.mcpServers.map((server) =>
        server.runBy === 'worker' ? this.list(tenantId, server) : Promise.resolve(null),
      ),
    );
    const problems: FieldProblem[] = [];
    const mcpServers = content.mcpServers.map((server, at) => ({
      ...server,
      tools: server.tools.map((tool, index) => {
        const listing = listings[at];
        if (!listing) return { ...tool, declared: null };
        const declared = declare(tool, listing);
        if (!('problem' in declared)) return { ...tool, declared };
        problems.push({ path: toolPath(at, index), message: declared.problem });
        return tool;
      }),
    }));
    if (problems.length > 0) throw invalidRequest(problems);
    return { ...content, mcpServers };
  }

  private async list(tenantId: TenantId, server: McpServer): Promise<Listed> {
    const { name, url, headers, tools } = server;
    const secrets = await this.secrets.sealed(tenantId, secretNamesOf({ headers }));
    const listing = await this.listings.list({
      tenantId,
      server: { name, url, headers },
      secrets,
      wanted: tools.map((tool) => tool.name),
    });
    if (listing.kind === 'listed') return listing;
    if (listing.code === 'no-worker' || listing.code === 'queue-unavailable') throw workerAway();
    throw new Problem(
      422,
      'mcp-server-unavailable',
      'The server did not tell its tools',
      `The tools of ${name} could not be listed (${listing.code}), so nothing was published. Check its URL ` +
        'and headers, and publish again when it answers.',
    );
  }
}

const toolPath = (server: number, tool: number): Path => ['mcpServers', server, 'tools', tool, 'name'];

function declare(
  { name }: McpTool,
  { tools, names }: Listed,
): (McpTool['declared'] & object) | { problem: string } {
  const found = tools.find((tool) => tool.name === name);
  if (!found) return { problem: `is no tool of the server; it has ${names.join(', ') || 'none'}` };
  const cut = cutParameters(found.inputSchema);
  if ('problem' in cut) return { problem: `cannot be offered to a model: ${cut.problem}` };
  const description = found.description.toWellFormed().replaceAll('\0', '').trim();
  return {
    description: description.slice(0, MAX_MCP_DESCRIPTION_LENGTH).toWellFormed(),
    parameters: cut.parameters,
    digest: found.digest,
  };
}

const workerAway = () =>
  new Problem(
    503,
    'tool-worker-unavailable',
    'No worker can ask the server',
    'tool-worker asks servers for their tools, and none has answered. Nothing was published. Start it, and ' +
      'publish again.',
  );
