import {
  agentContentSchema,
  contentProblems,
  mcpToolName,
  type AgentContent,
  type AgentContentInput,
} from '@tandem/contracts';
import { invalidRequest, readFields, type FieldProblem } from '@tandem/platform';
import { z } from 'zod';
import type { TenantKnowledge } from './tenant-knowledge.ts';
import { departmentProblems, toolProblems } from './tool-problems.ts';
import { unknownFields } from './unknown-fields.ts';

/** Placeholders for fields that cannot be read, so that the others are checked in the same pass. */
const PLACEHOLDERS: AgentContentInput = {
  name: 'Agent',
  companyName: 'Company',
  timeZone: 'UTC',
  instructions: '',
  model: { kind: 'guided' },
};

const contentSchema = agentContentSchema.strict();

const CONTENT_EXAMPLE = {
  name: 'Sarah',
  companyName: 'Morgan Heating',
  timeZone: 'America/New_York',
  instructions: 'Take appointments for heating visits. Be brief and kind.',
  model: { kind: 'guided' },
};

/** Returns the schema of the content for the OpenAPI document. */
export function contentDescription(): object {
  const { $schema: _dialect, ...description } = z.toJSONSchema(contentSchema, {
    io: 'input',
    target: 'openapi-3.0',
    unrepresentable: 'any',
  });
  return { ...description, example: CONTENT_EXAMPLE };
}

/**
 * Reads the content of a version. One refusal lists all faults: wrong shapes, unknown fields at any depth,
 * unknown tools and departments, and settings that contradict each other.
 * @throws Problem 400 `invalid-request`
 */
export async function readContent(given: unknown, tenant: TenantKnowledge): Promise<AgentContent> {
  const read = await readFields(contentSchema, given);
  const unread = new Set(read.problems.map(({ path }) => path[0]));
  if (unread.has(undefined)) throw invalidRequest(read.problems);
  // Tools whose declarations cannot be read are tools all the same.
  const { httpTools, mcpServers } = given as { httpTools?: unknown; mcpServers?: unknown };
  const unreadTools = [
    ...(unread.has('httpTools') ? namesOf(httpTools) : []),
    ...(unread.has('mcpServers') ? namesOfServers(mcpServers) : []),
  ];
  const readable = {
    ...(unread.size > 0 ? PLACEHOLDERS : {}),
    ...Object.fromEntries(Object.entries(given as object).filter(([name]) => !unread.has(name))),
  };
  const problems = [
    ...read.problems,
    ...(await problemsOf(readable, tenant, unreadTools)).filter(({ path }) => !unread.has(path[0])),
  ];
  if (problems.length > 0 || read.value === undefined) throw invalidRequest(problems);
  return read.value;
}

/** Returns the faults of content whose fields are valid one by one. */
async function problemsOf(
  readable: object,
  tenant: TenantKnowledge,
  unreadTools: readonly string[],
): Promise<readonly FieldProblem[]> {
  const { problems, value } = await readFields(agentContentSchema, readable);
  if (value === undefined) return problems;
  return [
    ...unknownFields(readable, value, agentContentSchema),
    ...contentProblems(value),
    ...(await toolProblems(value, tenant, unreadTools)),
    ...departmentProblems(value, tenant),
  ];
}

function namesOf(tools: unknown): string[] {
  if (!Array.isArray(tools)) return [];
  return tools.flatMap((tool: unknown) => {
    const name = typeof tool === 'object' && tool !== null && 'name' in tool ? tool.name : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

/** Returns the names of tools of servers that cannot be read, as far as they have any. */
function namesOfServers(servers: unknown): string[] {
  if (!Array.isArray(servers)) return [];
  return servers.flatMap((server: unknown) => {
    const [name] = namesOf([server]);
    const { tools } = (server ?? {}) as { tools?: unknown };
    if (name === undefined || !Array.isArray(tools)) return [];
    const named = tools.map((tool: unknown) => (typeof tool === 'string' ? { name: tool } : tool));
    return namesOf(named).map((tool) => mcpToolName({ name }, { name: tool }));
  });
}
