import {
  mcpToolName,
  modelTargets,
  runsTools,
  secretNamesOf,
  type AgentContent,
  type McpServer,
} from '@tandem/contracts';
import type { FieldProblem } from '@tandem/platform';
import { KNOWN_TOOLS } from './known-tools.ts';
import type { TenantKnowledge } from './tenant-knowledge.ts';

/**
 * Returns the faults of an agent's servers: addresses, secrets, and names that are taken or never called.
 * @param offered names of all tools that the agent, its variants and its rules may call
 */
export async function mcpProblems(
  content: AgentContent,
  tenant: TenantKnowledge,
  offered: ReadonlySet<string>,
): Promise<FieldProblem[]> {
  const { mcpServers, httpTools } = content;
  const taken = new Set([...KNOWN_TOOLS, ...httpTools.map(({ name }) => name)]);
  const problems = await Promise.all(
    mcpServers.map(async (server, index) =>
      [
        ...nameProblems(server, taken, offered),
        ...secretProblems(server, tenant),
        ...modelProblems(server, content),
        ...(await urlProblems(server, tenant)),
      ].map(({ path, message }) => ({ path: ['mcpServers', index, ...path], message })),
    ),
  );
  return problems.flat();
}

function nameProblems(
  server: McpServer,
  taken: ReadonlySet<string>,
  offered: ReadonlySet<string>,
): FieldProblem[] {
  return server.tools.flatMap((tool, index) => {
    const name = mcpToolName(server, tool);
    const path = ['tools', index, 'name'];
    if (taken.has(name)) return [{ path, message: `there is a tool ${name} already; rename the server` }];
    return offered.has(name) ? [] : [{ path, message: `is never called: name ${name} in tools` }];
  });
}

function secretProblems(server: McpServer, { secrets }: TenantKnowledge): FieldProblem[] {
  return secretNamesOf(server)
    .filter((name) => !secrets.includes(name))
    .map((name) => ({
      path: ['headers'],
      message: `there is no secret ${name}: put it first (PUT /v1/secrets/${name})`,
    }));
}

async function urlProblems({ url, runBy }: McpServer, tenant: TenantKnowledge): Promise<FieldProblem[]> {
  const problem = await (runBy === 'provider' ? tenant.problemOfPublicUrl(url) : tenant.problemOfUrl(url));
  return problem === null ? [] : [{ path: ['url'], message: problem }];
}

/** Tools that the provider calls need one model at least whose provider does that. */
function modelProblems({ runBy }: McpServer, content: AgentContent): FieldProblem[] {
  if (runBy === 'worker' || modelTargets(content).some(({ model }) => runsTools(model))) return [];
  const message = 'is not possible: no model of this agent, its ladder included, can call tools by itself';
  return [{ path: ['runBy'], message }];
}
