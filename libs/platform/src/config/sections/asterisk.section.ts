import { z } from 'zod';
import { section } from '../setting.ts';
import { commaList, networkList, port } from './forms.ts';

/** Loopback, and the private networks of RFC 1918 and RFC 4193. */
const PRIVATE_NETWORKS = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::1/128',
  'fc00::/7',
];

/** `name=` and the address of a control interface, with user and password. */
const CONTROL = /^(?:([\w-]{1,40})=)?(?:ami|https?):\/\/[^\s:@/]+:[^\s@/]+@[^\s@/]+\/?$/;

function urlOf(entry: string): string {
  return entry.replace(/^[\w-]{1,40}=/, '');
}

export const audioSocketSection = section('Asterisk: audio', 'Where a PBX connects its calls to a relay.', {
  audioSocketPort: {
    env: 'AUDIOSOCKET_PORT',
    schema: port.optional(),
    isPort: true,
    description:
      "Port of a relay's AudioSocket, one for each relay. The protocol has neither encryption nor a " +
      'password: open it to the PBX only.',
    whenUnset: 'the relay takes no calls of Asterisk over AudioSocket',
    example: '9092',
  },
  audioSocketPublicHost: {
    env: 'AUDIOSOCKET_PUBLIC_HOST',
    needs: ['AUDIOSOCKET_PORT'],
    schema: z
      .string()
      .regex(
        /^[\w.{}-]{1,200}(:\d{1,5})?$|^\[[0-9a-fA-F:.]+\](:\d{1,5})?$/,
        'must be a host name or an address, with :port where it is another one',
      )
      .optional(),
    description:
      "Host under which a PBX reaches this relay's AudioSocket. `{relay}` stands for the relay's name.",
    whenUnset: 'the host of RELAY_ADDRESS, else 127.0.0.1',
    example: '{relay}.tandem-media-relay.default.svc.cluster.local',
  },
  audioSocketNetworks: {
    env: 'AUDIOSOCKET_ALLOWED_NETWORKS',
    schema: networkList.default(PRIVATE_NETWORKS),
    description: 'Networks an AudioSocket may come from: CIDR blocks, separated by commas.',
    whenUnset: 'loopback and private networks',
  },
});

export const asteriskSection = section('Asterisk: calls', 'A PBX that asks what to do with its calls.', {
  asteriskSecrets: {
    env: 'ASTERISK_SECRET',
    schema: commaList
      .refine(
        (secrets) => secrets.length <= 2 && secrets.every((secret) => secret.length >= 16),
        'one secret of at least 16 characters, or two while rotating',
      )
      .default([]),
    isSecret: true,
    description: 'Secret a PBX shows or signs its requests with. To rotate, set `new,old`.',
    whenUnset: 'requests of a PBX are refused',
    example: 'at-least-16-random-characters',
  },
  asteriskControl: {
    env: 'TELEPHONY_ASTERISK_CONTROL',
    schema: commaList
      .refine(
        (entries) => entries.every((entry) => CONTROL.test(entry) && URL.canParse(urlOf(entry))),
        'each must be ami://user:secret@host:5038 or http://user:password@host:8088, with the name of its PBX ' +
          'and = in front where it has one',
      )
      .transform((entries) =>
        entries.map((entry) => ({ pbx: CONTROL.exec(entry)?.[1] ?? '', url: urlOf(entry) })),
      )
      .default([]),
    isSecret: true,
    description:
      'Control interfaces of the PBXs, separated by commas: AMI, or ARI. With it a call is taken away from ' +
      'a relay that hangs. Letters that mean something in a URL are written as %XX.',
    whenUnset: 'a call whose relay hangs waits until its relay is declared dead by the PBX',
    example: 'ami://tandem:its-secret@pbx.internal:5038',
  },
  asteriskNetworks: {
    env: 'ASTERISK_ALLOWED_NETWORKS',
    schema: networkList.default(PRIVATE_NETWORKS),
    description:
      'Networks a PBX may ask from: CIDR blocks, separated by commas. Behind an edge every request comes ' +
      'from the edge, which then has to limit the networks.',
    whenUnset: 'loopback and private networks',
  },
});
