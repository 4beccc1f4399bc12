import type { Generator } from './generator.ts';

export const voiceModel: Generator = {
  name: 'voice-model',
  about: 'a kind of voice model: its settings and its adapter',
  changes: ({ kebab, camel }) => [
    { path: `libs/models/src/${kebab}/${kebab}-model.ts`, template: 'voice-model/model' },
    { path: `libs/models/src/${kebab}/${kebab}-model.spec.ts`, template: 'voice-model/model.spec' },
    {
      path: 'libs/models/src/adapters.ts',
      insert: [
        {
          anchor: /import \{ openAiRealtimeAdapter/,
          text: `import { ${camel}Adapter } from './${kebab}/${kebab}-model.ts';\n`,
          where: 'before',
        },
        {
          anchor: "'openai-realtime': openAiRealtimeAdapter(host),",
          text: `\n  '${kebab}': ${camel}Adapter(host),`,
          where: 'after',
        },
      ],
    },
    {
      path: 'libs/contracts/src/models/catalogue.ts',
      insert: [
        {
          anchor: /\/\*\* The settings of an agent's voice model/,
          text: `const ${camel} = localKind('${kebab}', { voice: '' });\n\n`,
          where: 'before',
        },
        { anchor: "z.discriminatedUnion('kind', [", text: `${camel}.schema, `, where: 'after' },
        {
          anchor: /(?<=\} = \{) 'openai-realtime': openAiRealtime/,
          text: ` '${kebab}': ${camel},`,
          where: 'before',
        },
      ],
    },
  ],
  next: ({ kebab }) => [
    `speak to the provider in libs/models/src/${kebab}, and hold the adapter against describeVoiceModel`,
    'for settings and prices of its own, a file such as openai-realtime.ts in place of localKind(…) in ' +
      'libs/contracts/src/models/catalogue.ts; then docs/agents.md, `model`',
    'access to the provider (address, key): libs/platform/src/config, ModelHost',
  ],
};
