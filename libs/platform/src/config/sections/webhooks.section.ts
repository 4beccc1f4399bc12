import { section } from '../setting.ts';
import { commaList, networkList, wholeNumber } from './forms.ts';

export const outboundSection = section('Requests to others', 'Where webhooks and tools of tenants may go.', {
  trustedNetworks: {
    env: 'OUTBOUND_TRUSTED_NETWORKS',
    schema: networkList.default([]),
    description:
      'Your own networks that webhooks and HTTP tools may be sent to, also without TLS: CIDR blocks, ' +
      'separated by commas. Elsewhere, private and reserved addresses are refused, and https is required.',
    whenUnset: 'none',
    example: '10.20.0.0/16',
  },
});

export const webhookSection = section('Webhooks', 'Delivery of events to business systems.', {
  webhookRetryDelaysS: {
    env: 'WEBHOOK_RETRY_DELAYS_S',
    schema: commaList
      .transform((parts) => parts.map(Number))
      .refine(
        (delays) =>
          delays.length > 0 &&
          delays.length <= 40 &&
          delays.every((delay) => Number.isInteger(delay) && delay >= 1 && delay <= 604_800),
        'must be 1 to 40 whole numbers of seconds',
      )
      .default([5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 72_000]),
    unit: 's',
    description:
      'Delays before the second and each further attempt, separated by commas; after the last one ' +
      'an event is dead and can be replayed. Each is varied by a fifth.',
    whenUnset: '5, 30, 120, 600, 1800, 7200, 18000, 36000, 50400, 72000, 72000: three days',
  },
  webhookTimeoutMs: {
    env: 'WEBHOOK_TIMEOUT_MS',
    schema: wholeNumber(500, 60_000).default(15_000),
    unit: 'ms',
    description: 'How long a receiver may take to respond.',
  },
  webhookConcurrency: {
    env: 'WEBHOOK_CONCURRENCY',
    schema: wholeNumber(1, 500).default(64),
    unit: 'requests',
    description: 'Deliveries one worker has in flight, to all receivers together.',
  },
});
