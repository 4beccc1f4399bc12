import {
  declaredArguments,
  mcpToolNames,
  secretNamesOf,
  urlTemplateOf,
  type AgentContent,
  type HttpTool,
  type ToolLimits,
} from '@tandem/contracts';
import type { FieldProblem } from '@tandem/platform';
import { TOOL_DECLARATIONS } from '@tandem/tools';
import { KNOWN_TOOLS } from './known-tools.ts';
import { mcpProblems } from './mcp-problems.ts';
import type { TenantKnowledge } from './tenant-knowledge.ts';

interface NamedTool {
  readonly name: string;
  readonly path: readonly PropertyKey[];
}

/**
 * Returns the faults of the tools of the agent, its variants and its rules, and of those it declares.
 * @param unreadTools names of declarations that are faulty in themselves
 */
export async function toolProblems(
  content: AgentContent,
  tenant: TenantKnowledge,
  unreadTools: readonly string[],
): Promise<readonly FieldProblem[]> {
  const own = [...content.httpTools.map(({ name }) => name), ...mcpToolNames(content.mcpServers)];
  const known = new Set([...KNOWN_TOOLS, ...own, ...unreadTools]);
  const offered = offeredTools(content);
  const names = new Set(offered.map(({ name }) => name));
  const declared = await Promise.all(
    content.httpTools.map(async (tool, index) =>
      [...declarationProblems(tool, tenant, names), ...(await urlProblems(tool, tenant))].map(
        ({ path, message }) => ({ path: ['httpTools', index, ...path], message }),
      ),
    ),
  );
  return [
    ...offered
      .filter(({ name }) => !known.has(name))
      .map(({ name, path }) => ({
        path,
        message: `there is no tool ${name}; there are ${[...known].join(', ')}`,
      })),
    ...declared.flat(),
    ...(await mcpProblems(content, tenant, names)),
    ...policyProblems(content, known),
  ];
}

export function departmentProblems(
  { ladder }: AgentContent,
  { departments }: TenantKnowledge,
): FieldProblem[] {
  const there = departments.length > 0 ? `there are ${departments.join(', ')}` : 'make it first';
  return ladder.flatMap((fallback, index) =>
    fallback.kind === 'transfer' && !departments.includes(fallback.department)
      ? [
          {
            path: ['ladder', index, 'department'],
            message: `there is no department ${fallback.department}; ${there}`,
          },
        ]
      : [],
  );
}

function offeredTools({ tools, variants, rules }: AgentContent): NamedTool[] {
  return [
    ...namesAt(tools, ['tools']),
    ...variants.flatMap((variant, index) => namesAt(variant.tools ?? [], ['variants', index, 'tools'])),
    ...rules.flatMap(({ change }, index) => namesAt(change.tools ?? [], ['rules', index, 'change', 'tools'])),
  ];
}

const namesAt = (names: readonly string[], path: readonly PropertyKey[]): NamedTool[] =>
  names.map((name, index) => ({ name, path: [...path, index] }));

function declarationProblems(
  tool: HttpTool,
  { secrets }: TenantKnowledge,
  offered: ReadonlySet<string>,
): FieldProblem[] {
  const missing = secretNamesOf(tool).filter((name) => !secrets.includes(name));
  return [
    ...(KNOWN_TOOLS.has(tool.name)
      ? [{ path: ['name'], message: `there is a tool ${tool.name} already; take another name` }]
      : []),
    ...(offered.has(tool.name)
      ? []
      : [{ path: ['name'], message: `is never called: name ${tool.name} in tools` }]),
    ...missing.map((name) => ({
      path: ['headers'],
      message: `there is no secret ${name}: put it first (PUT /v1/secrets/${name})`,
    })),
  ];
}

/** Checks the address of a tool, whatever its arguments will be: they change nothing about the host. */
async function urlProblems(tool: HttpTool, { problemOfUrl }: TenantKnowledge): Promise<FieldProblem[]> {
  const problem = await problemOfUrl(`${urlTemplateOf(tool).origin}/`);
  return problem === null ? [] : [{ path: ['url'], message: problem }];
}

function policyProblems(
  { toolPolicy, httpTools, mcpServers }: AgentContent,
  known: ReadonlySet<string>,
): FieldProblem[] {
  const hosted = new Set(mcpToolNames(mcpServers.filter(({ runBy }) => runBy === 'provider')));
  const inCall = new Set(TOOL_DECLARATIONS.filter(({ place }) => place === 'call').map(({ name }) => name));
  return Object.entries(toolPolicy).flatMap(([name, limits]) => {
    if (!known.has(name)) return [{ path: ['toolPolicy', name], message: `there is no tool ${name}` }];
    if (inCall.has(name))
      return [{ path: ['toolPolicy', name], message: `${name} changes the call itself and has no limits` }];
    return hosted.has(name) ? hostedProblems(name, limits) : valueProblems(name, limits, httpTools);
  });
}

/** The relay counts the calls of a provider, and knows of its own call only. */
const hostedProblems = (name: string, { maxPerCall: _kept, ...limits }: ToolLimits): FieldProblem[] =>
  Object.keys(limits).map((limit) => ({
    path: ['toolPolicy', name, limit],
    message: `cannot be kept to for ${name}, which the provider of the model calls: it has maxPerCall only`,
  }));

/** The value of a use is one of its arguments, and always there: else it could be left out. */
function valueProblems(name: string, { value }: ToolLimits, httpTools: readonly HttpTool[]): FieldProblem[] {
  if (!value) return [];
  const tool = httpTools.find((own) => own.name === name);
  const argument = tool && declaredArguments(tool.parameters).get(value.argument);
  if (argument?.isRequired && /^(?:number|integer)$/.test(String(argument.type))) return [];
  return [
    {
      path: ['toolPolicy', name, 'value', 'argument'],
      message: `must name a required argument of ${name} that is a number`,
    },
  ];
}
