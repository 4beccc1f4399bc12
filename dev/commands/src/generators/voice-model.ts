import type { Generator } from './generator.ts';
import type { Names } from './names.ts';
import { voiceModelCode, voiceModelSpec } from './voice-model-code.ts';

const kindCode = ({ kebab, camel, words }: Names) => `import { z } from 'zod';
import type { ModelKind } from './model-kind.ts';

export const ${camel}Schema = z.object({
  kind: z.literal('${kebab}'),
  voice: z.string().max(100).default(''),
});

/** ${words}: all that is known of it outside its adapter. */
export const ${camel}: ModelKind<z.infer<typeof ${camel}Schema>> = {
  sessionSettings: ({ voice }) => ({ voice, transcriptionModel: '' }),
  remoteModel: () => null,
  prices: [],
};
`;

export const voiceModel: Generator = {
  name: 'voice-model',
  about: 'a kind of voice model: its settings, its adapter, its place in the relay',
  changes: (names) => {
    const { kebab, camel } = names;
    const models = 'libs/contracts/src/models';
    return [
      { path: `libs/models/src/${kebab}/${kebab}-model.ts`, create: voiceModelCode(names) },
      { path: `libs/models/src/${kebab}/${kebab}-model.spec.ts`, create: voiceModelSpec(names) },
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
      { path: `${models}/${kebab}.ts`, create: kindCode(names) },
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
