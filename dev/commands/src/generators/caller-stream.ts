import type { Generator } from './generator.ts';

export const callerStream: Generator = {
  name: 'caller-stream',
  about: 'a media connection of callers, held against the contract of caller streams',
  changes: (names) => {
    const { kebab, pascal } = names;
    const folder = `libs/telephony/src/${kebab}`;
    return [
      { path: `${folder}/${kebab}-stream.ts`, template: 'caller-stream/stream' },
      {
        path: `${folder}/${kebab}-stream.conformance.spec.ts`,
        template: 'caller-stream/stream.conformance.spec',
      },
      {
        path: 'libs/telephony/src/index.ts',
        insert: [
          {
            anchor: /export \{ WsMessageSocket/,
            text: `export { ${pascal}Stream } from './${kebab}/${kebab}-stream.ts';\n`,
            where: 'before',
          },
        ],
      },
      {
        path: `services/media-relay/src/ingress/${kebab}-stream.gateway.ts`,
        template: 'caller-stream/gateway',
      },
      {
        path: 'services/media-relay/src/media-relay.module.ts',
        insert: [
          {
            anchor: /import \{ TwilioStreamGateway/,
            text: `import { ${pascal}StreamGateway } from './ingress/${kebab}-stream.gateway.ts';\n`,
            where: 'before',
          },
          { anchor: / TwilioStreamGateway,\n/, text: ` ${pascal}StreamGateway,\n`, where: 'before' },
        ],
      },
    ];
  },
  next: ({ kebab }) => [
    `speak the wire of the carrier in libs/telephony/src/${kebab}; give up a dead line, bound a flood`,
    `read what announces a stream in services/media-relay/src/ingress/${kebab}-stream.gateway.ts`,
    `the carrier's adapter answers with mediaUrl(…, '/${kebab}'), where these streams arrive`,
  ],
};
