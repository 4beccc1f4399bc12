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

/** What stands for fields that cannot be read, so that the others are looked at all the same. */
const STAND_IN: AgentContentInput = {
  name: 'Agent',
  companyName: 'Company',
  timeZone: 'UTC',
  instructions: '',
  model: { kind: 'guided' },
};

const contentSchema = agentContentSchema.strict();

/** As the OpenAPI document describes it. */
export function contentDescription(): object {
  const { $schema: _dialect, ...description } = z.toJSONSchema(contentSchema, {
    io: 'input',
    target: 'openapi-3.0',
    unrepresentable: 'any',
  });
  return description;
}

/**
 * Reads the content of a version. All that is wrong with it is told at once: its shape, fields there are not,
 * however deep, tools and departments there are not, and what cannot be meant.
 * @param departments keys of the tenant's directory
 * @throws Problem 400 `invalid-request`
 */
export async function readContent(given: unknown, departments: readonly string[]): Promise<AgentContent> {
  const read = await readFields(contentSchema, given);
  const unread = new Set(read.problems.map(({ path }) => path[0]));
  if (unread.has(undefined)) throw invalidRequest(read.problems);
  const readable = {
    ...(unread.size > 0 ? STAND_IN : {}),
    ...Object.fromEntries(Object.entries(given as object).filter(([name]) => !unread.has(name))),
  };
  const problems = [
    ...read.problems,
    ...(await problemsOf(readable, departments)).filter(({ path }) => !unread.has(path[0])),
  ];
  if (problems.length > 0 || read.value === undefined) throw invalidRequest(problems);
  return read.value;
}

/** What is wrong with content whose fields can be read, each by itself. */
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

/** Tools of the agent, of its variants and of its rules. */
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
  return ladder.flatMap((rung, index) =>
    rung.kind === 'transfer' && !departments.includes(rung.department)
      ? [
          {
            path: ['ladder', index, 'department'],
            message: `there is no department ${rung.department}; ${there}`,
          },
        ]
      : [],
  );
}
