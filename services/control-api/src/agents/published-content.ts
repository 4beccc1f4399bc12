import {
  agentContentSchema,
  contentProblems,
  type AgentContent,
  type AgentContentInput,
} from '@tandem/contracts';
import { invalidRequest, readFields, type FieldProblem } from '@tandem/platform';
import { z } from 'zod';
import { KNOWN_TOOLS } from './known-tools.ts';
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

/** Returns the schema of the content for the OpenAPI document. */
export function contentDescription(): object {
  const { $schema: _dialect, ...description } = z.toJSONSchema(contentSchema, {
    io: 'input',
    target: 'openapi-3.0',
    unrepresentable: 'any',
  });
  return description;
}

/**
 * Reads the content of a version. One refusal lists all faults: wrong shapes, unknown fields at any depth,
 * unknown tools and departments, and settings that contradict each other.
 * @param departments keys of the tenant's directory
 * @throws Problem 400 `invalid-request`
 */
export async function readContent(given: unknown, departments: readonly string[]): Promise<AgentContent> {
  const read = await readFields(contentSchema, given);
  const unread = new Set(read.problems.map(({ path }) => path[0]));
  if (unread.has(undefined)) throw invalidRequest(read.problems);
  const readable = {
    ...(unread.size > 0 ? PLACEHOLDERS : {}),
    ...Object.fromEntries(Object.entries(given as object).filter(([name]) => !unread.has(name))),
  };
  const problems = [
    ...read.problems,
    ...(await problemsOf(readable, departments)).filter(({ path }) => !unread.has(path[0])),
  ];
  if (problems.length > 0 || read.value === undefined) throw invalidRequest(problems);
  return read.value;
}

/** Returns the faults of content whose fields are valid one by one. */
async function problemsOf(
  readable: object,
  departments: readonly string[],
): Promise<readonly FieldProblem[]> {
  const { problems, value } = await readFields(agentContentSchema, readable);
  if (value === undefined) return problems;
  return [
    ...unknownFields(readable, value, agentContentSchema),
    ...contentProblems(value),
    ...toolProblems(value),
    ...departmentProblems(value, departments),
  ];
}

/** Returns a fault for each unknown tool of the agent, its variants and its rules. */
function toolProblems({ tools, variants, rules }: AgentContent): FieldProblem[] {
  const named = [
    ...namesAt(tools, ['tools']),
    ...variants.flatMap((variant, index) => namesAt(variant.tools ?? [], ['variants', index, 'tools'])),
    ...rules.flatMap(({ change }, index) => namesAt(change.tools ?? [], ['rules', index, 'change', 'tools'])),
  ];
  return named
    .filter(({ name }) => !KNOWN_TOOLS.has(name))
    .map(({ name, path }) => ({
      path,
      message: `there is no tool ${name}; there are ${[...KNOWN_TOOLS].join(', ')}`,
    }));
}

const namesAt = (names: readonly string[], path: readonly PropertyKey[]) =>
  names.map((name, index) => ({ name, path: [...path, index] }));

function departmentProblems({ ladder }: AgentContent, departments: readonly string[]): FieldProblem[] {
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
