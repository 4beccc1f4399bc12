import type { Generator } from './generator.ts';

export const tool: Generator = {
  name: 'tool',
  about: 'a tool of the agent that runs in tool-worker',
  changes: (names) => {
    const { kebab, camel, snake } = names;
    const folder = `libs/tools/src/${kebab}`;
    return [
      { path: `${folder}/declaration.ts`, template: 'tool/declaration' },
      { path: `${folder}/handler.ts`, template: 'tool/handler' },
      { path: `${folder}/${kebab}.spec.ts`, template: 'tool/spec' },
      {
        path: 'libs/tools/src/index.ts',
        insert: [
          {
            anchor: /import \{ bookAppointment\b/,
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
