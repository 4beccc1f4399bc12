import type { Generator } from './generator.ts';

export const carrier: Generator = {
  name: 'carrier',
  about: 'a carrier of calls: its webhooks, and its words for what a call does next',
  changes: ({ kebab, camel }) => {
    const folder = `services/call-ingress/src/carriers/${kebab}`;
    return [
      { path: `${folder}/${kebab}.ts`, template: 'carrier/parts' },
      { path: `${folder}/${kebab}-carrier.ts`, template: 'carrier/carrier' },
      { path: `${folder}/${kebab}-carrier.spec.ts`, template: 'carrier/carrier.spec' },
      { path: `${folder}/${kebab}.controller.ts`, template: 'carrier/controller' },
      { path: `${folder}/${kebab}.guard.ts`, template: 'carrier/guard' },
      {
        path: 'services/call-ingress/src/call-ingress.module.ts',
        insert: [
          {
            anchor: /import \{ twilio \}/,
            text: `import { ${camel} } from './carriers/${kebab}/${kebab}.ts';\n`,
            where: 'before',
          },
          { anchor: 'CARRIERS: readonly CarrierParts[] = [', text: `${camel}, `, where: 'after' },
        ],
      },
      {
        path: 'libs/contracts/src/events/call.ts',
        insert: [{ anchor: 'channelSchema = z.enum([', text: `'${kebab}', `, where: 'after' }],
      },
    ];
  },
  next: ({ kebab }) => [
    `check how the carrier signs its webhooks in ${kebab}.guard.ts; until then every request is refused`,
    `put the instructions into the carrier's words in ${kebab}-carrier.ts`,
    `its media connection: npm run new -- caller-stream ${kebab}`,
    'transfers (dial, ask-person) and rescue (redirectLiveCall) as in carriers/twilio',
  ],
};
