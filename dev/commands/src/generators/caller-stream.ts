import { callerStreamCode, callerStreamSpec } from './caller-stream-code.ts';
import type { Generator } from './generator.ts';
import type { Names } from './names.ts';

const door = ({
  kebab,
  pascal,
  words,
}: Names) => `import { ${pascal}Stream, type MessageSocket } from '@tandem/telephony';
import type { IncomingStream } from '../media/incoming-stream.ts';

/** A connection of ${words}, whose ticket has been checked, as the relay takes it. */
export function incoming${pascal}Stream(carrierCallId: string, socket: MessageSocket): IncomingStream {
  return {
    carrierCallId,
    protocol: '${kebab}',
    open: ({ fence, clock }) => new ${pascal}Stream(fence(socket), carrierCallId, clock),
  };
}
`;

export const callerStream: Generator = {
  name: 'caller-stream',
  about: 'a media connection of callers, held against the contract of caller streams',
  changes: (names) => {
    const { kebab, pascal } = names;
    const folder = `libs/telephony/src/${kebab}`;
    return [
      { path: `${folder}/${kebab}-stream.ts`, create: callerStreamCode(names) },
      { path: `${folder}/${kebab}-stream.conformance.spec.ts`, create: callerStreamSpec(names) },
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
      { path: `services/media-relay/src/ingress/incoming-${kebab}-stream.ts`, create: door(names) },
    ];
  },
  next: ({ kebab, pascal }) => [
    `speak the wire of the carrier in libs/telephony/src/${kebab}; give up a dead line, bound a flood`,
    `where connections arrive, check the ticket and give incoming${pascal}Stream(…) to Relay.claimCall`,
  ],
};
