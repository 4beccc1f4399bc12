import type { Generator } from './generator.ts';
import type { Names } from './names.ts';

const declaration = ({ camel, snake, words }: Names) => `import { defineTool } from '@tandem/contracts';
import { z } from 'zod';

export const ${camel} = defineTool({
  name: '${snake}',
  description: [
    'Says in one sentence what the tool does: ${words}.',
    'Then when the model should call it, and what it says to the caller afterwards.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({
    subject: z.string().min(1).max(200).describe('What the tool is asked for.'),
  }),
  cancellable: true,
  deadlineMs: 5_000,
});
`;

const handler = ({ camel }: Names) => `import { handle } from '../tool-handler.ts';
import { ${camel} } from './declaration.ts';

/** Returns what the model reads as the tool's result; a failure is an outcome, not a throw. */
export const ${camel}Handler = handle(${camel}, ({ subject }) =>
  Promise.resolve({ status: 'ok', value: { subject } }),
);
`;

const spec = ({ camel, snake }: Names) => `import { describe, expect, it } from '@jest/globals';
import { contextFor } from '../test/scripted-crm.ts';
import { ${camel}Handler } from './handler.ts';

describe('${snake}', () => {
  const context = contextFor('http://127.0.0.1:1');

  it('returns its result as a value', async () => {
    expect(await ${camel}Handler({ subject: 'a plumber' }, context)).toEqual({
      status: 'ok',
      value: { subject: 'a plumber' },
    });
  });

  it('refuses wrong arguments', async () => {
    expect(await ${camel}Handler({ subject: '' }, context)).toMatchObject({
      status: 'refused',
      reason: 'bad-arguments',
    });
  });
});
`;

export const tool: Generator = {
  name: 'tool',
  about: 'a tool of the agent that runs in tool-worker',
  changes: (names) => {
    const { kebab, camel, snake } = names;
    const folder = `libs/tools/src/${kebab}`;
    return [
      { path: `${folder}/declaration.ts`, create: declaration(names) },
      { path: `${folder}/handler.ts`, create: handler(names) },
      { path: `${folder}/${kebab}.spec.ts`, create: spec(names) },
      {
        path: 'libs/tools/src/index.ts',
        insert: [
          {
            anchor: /import \{ bookAppointment \}/,
            text: `import { ${camel} } from './${kebab}/declaration.ts';\n`,
            where: 'before',
          },
          {
            anchor: /TOOL_DECLARATIONS: readonly ToolDeclaration\[\] = \[/,
            text: `${camel}, `,
            where: 'after',
          },
        ],
      },
      {
        path: 'libs/tools/src/handlers.ts',
        insert: [
          {
            anchor: /import \{ bookAppointmentHandler \}/,
            text: `import { ${camel}Handler } from './${kebab}/handler.ts';\n`,
            where: 'before',
          },
          {
            anchor: /TOOL_HANDLERS: Readonly<Record<string, ToolHandler>> = \{/,
            text: `\n  ${snake}: ${camel}Handler,`,
            where: 'after',
          },
        ],
      },
    ];
  },
  next: ({ kebab, snake }) => [
    `write what it does in libs/tools/src/${kebab}`,
    `name "${snake}" in the \`tools\` of an agent's version, and in docs/agents.md`,
  ],
};
