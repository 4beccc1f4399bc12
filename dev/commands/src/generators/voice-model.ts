import type { Generator } from './generator.ts';

export const voiceModel: Generator = {
  name: 'voice-model',
  about: 'a kind of voice model: its settings, its adapter, its place in the relay',
  changes: (names) => {
    const { kebab, camel } = names;
    const models = 'libs/contracts/src/models';
    return [
      { path: `libs/models/src/${kebab}/${kebab}-model.ts`, template: 'voice-model/model' },
      { path: `libs/models/src/${kebab}/${kebab}-model.spec.ts`, template: 'voice-model/model.spec' },
      {
        path: 'libs/models/src/index.ts',
        insert: [
          {
            anchor: /export \{ openAiRealtimeModel/,
            text: `export { ${camel}Model } from './${kebab}/${kebab}-model.ts';\n`,
            where: 'before',
          },
        ],
      },
      { path: `${models}/${kebab}.ts`, template: 'voice-model/kind' },
      {
        path: `${models}/catalogue.ts`,
        insert: [
          {
            anchor: /import type \{ ModelKind/,
            text: `import { ${camel}, ${camel}Schema } from './${kebab}.ts';\n`,
            where: 'before',
          },
          { anchor: "z.discriminatedUnion('kind', [", text: `${camel}Schema, `, where: 'after' },
          {
            anchor: /(?<=\} = \{) 'openai-realtime': openAiRealtime/,
            text: ` '${kebab}': ${camel},`,
            where: 'before',
          },
        ],
      },
      {
        path: 'services/media-relay/src/media/voice-models.ts',
        insert: [
          { anchor: /(?<=import \{ )openAiRealtimeModel/, text: `${camel}Model, `, where: 'before' },
          {
            anchor: /\n {4}guided: \{\n {6}unavailableCode/,
            text: `
    '${kebab}': {
      unavailableCode: 'no-${kebab}',
      target: () => ({ model: ${camel}Model({ clock: this.clock }) }),
    },`,
            where: 'before',
          },
        ],
      },
    ];
  },
  next: ({ kebab }) => [
    `speak to the provider in libs/models/src/${kebab}, and hold the adapter against describeVoiceModel`,
    `settings and prices: libs/contracts/src/models/${kebab}.ts; docs/agents.md, \`model\``,
    'access to the provider (address, key): libs/platform/src/config',
  ],
};
