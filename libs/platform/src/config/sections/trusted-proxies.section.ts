import { section } from '../setting.ts';
import { networkList } from './forms.ts';

export const trustedProxiesSection = section(
  'Proxies in front',
  'For pages that people open: `/talk` of call-ingress, and the sign-in of control-api.',
  {
    trustedProxies: {
      env: 'TRUSTED_PROXIES',
      schema: networkList
        .refine(
          (networks) => networks.every((network) => !/\/0+$/.test(network)),
          'a network of all addresses would let every visitor say who they are',
        )
        .default([]),
      description:
        'Networks of these proxies, CIDR blocks separated by commas: the calls one address may start, and ' +
        'its failed sign-ins, are then counted for the address at the right of their X-Forwarded-For.',
      whenUnset: 'the header is not read: all visitors behind one proxy share its limits',
      example: '10.20.0.0/16',
    },
  },
);
