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
        path: `services/media-relay/src/ingress/incoming-${kebab}-stream.ts`,
        template: 'caller-stream/incoming-stream',
      },
    ];
  },
  next: ({ kebab, pascal }) => [
    `speak the wire of the carrier in libs/telephony/src/${kebab}; give up a dead line, bound a flood`,
    `where connections arrive, check the ticket and give incoming${pascal}Stream(…) to Relay.claimCall`,
  ],
};
