import { businessEventSchema } from '@tandem/contracts';
import type { EndpointFilters, WebhookEndpoint } from '@tandem/database';
import { pageOf, pageQuery, phoneSchema } from '@tandem/platform';
import { z } from 'zod';

const urlSchema = z
  .string()
  .trim()
  .min(1)
  .max(2_048)
  .describe('https and a public address, or an address in OUTBOUND_TRUSTED_NETWORKS.');
const eventsSchema = z.array(businessEventSchema).max(20).describe('Subscribed events; empty for all.');
const descriptionSchema = z.string().trim().max(200);

/** Headers Tandem sets, and those of the connection. */
const OUR_HEADERS: ReadonlySet<string> = new Set([
  ...[
    'accept-encoding',
    'connection',
    'content-encoding',
    'content-length',
    'content-type',
    'cookie',
    'expect',
    'host',
    'http2-settings',
  ],
  ...[
    'keep-alive',
    'te',
    'trailer',
    'traceparent',
    'tracestate',
    'transfer-encoding',
    'upgrade',
    'user-agent',
  ],
]);
const OUR_PREFIXES = ['webhook-', 'proxy-'];
const isOurs = (name: string): boolean =>
  OUR_HEADERS.has(name) || OUR_PREFIXES.some((prefix) => name.startsWith(prefix));

const headerNameSchema = z
  .string()
  .trim()
  .max(64)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not a header name')
  .transform((name) => name.toLowerCase())
  .refine((name) => !isOurs(name), { error: 'is a header Tandem sets itself' });
const headersSchema = z
  .record(
    headerNameSchema,
    z
      .string()
      .min(1)
      .max(2_048)
      .regex(/^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/, 'must be printable ASCII'),
  )
  .refine((headers) => Object.keys(headers).length <= 10, { error: 'at most ten headers' })
  .describe(
    'Sent with every event, such as `Authorization`. Stored sealed; responses contain only their names.',
  );

const idsSchema = z.array(z.uuid()).min(1).max(50);
const filtersSchema = z
  .strictObject({
    agentIds: idsSchema.describe('Of events about calls: those of these agents.'),
    numbers: z
      .array(phoneSchema)
      .min(1)
      .max(50)
      .describe('Of events about calls and messages: those to or from these numbers of yours.'),
    serviceIds: idsSchema.describe('Of events about bookings: those for these services.'),
    resourceIds: idsSchema.describe('Of events about bookings: those with these resources.'),
  })
  .partial()
  .describe('Limits the events to some of your things; other kinds of events are sent all the same.');
export type Filters = z.output<typeof filtersSchema>;

export const listEndpointsSchema = z.object(pageQuery);
export type ListEndpoints = z.output<typeof listEndpointsSchema>;
export const createEndpointSchema = z
  .strictObject({
    url: urlSchema,
    events: eventsSchema.default([]),
    description: descriptionSchema.default(''),
    filters: filtersSchema.default({}),
    isEnabled: z.boolean().default(true),
    headers: headersSchema.default({}),
  })
  .meta({
    example: {
      url: 'https://hooks.example.com/tandem',
      events: ['booking.created', 'call.ended'],
      description: 'Our CRM',
      headers: { authorization: 'Bearer the-token-of-your-system' },
    },
  });
export type CreateEndpoint = z.output<typeof createEndpointSchema>;
export const changeEndpointSchema = z
  .strictObject({
    url: urlSchema.optional(),
    events: eventsSchema.optional(),
    description: descriptionSchema.optional(),
    filters: filtersSchema.optional().describe('In place of all there are; {} for none.'),
    isEnabled: z.boolean().optional(),
    headers: headersSchema.optional(),
  })
  .meta({ example: { isEnabled: false } });
export type ChangeEndpoint = z.output<typeof changeEndpointSchema>;

const shownFiltersSchema = z
  .object({
    agentIds: z.array(z.uuid()),
    numbers: z.array(z.string()),
    serviceIds: z.array(z.uuid()),
    resourceIds: z.array(z.uuid()),
  })
  .partial();

export const endpointSchema = z
  .object({
    id: z.uuid(),
    url: z.string(),
    description: z.string(),
    events: z.array(businessEventSchema),
    filters: shownFiltersSchema,
    headerNames: z.array(z.string()).describe('Names of the headers sent with every event.'),
    isEnabled: z.boolean(),
    disabledBecause: z
      .enum(['operator', 'gone'])
      .nullable()
      .describe('`gone`: it answered 410. Its events wait until it is enabled again.'),
    createdAt: z.iso.datetime(),
    pending: z.number().int().describe('Events waiting for delivery.'),
    dead: z.number().int().describe('Events that were given up; `replay` sends them again.'),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-800e-000000000001',
      url: 'https://hooks.example.com/tandem',
      description: 'Our CRM',
      events: ['booking.created', 'call.ended'],
      filters: { numbers: ['+12025550100'] },
      headerNames: ['authorization'],
      isEnabled: true,
      disabledBecause: null,
      createdAt: '2027-02-11T16:20:00.000Z',
      pending: 0,
      dead: 0,
    },
  });
export const endpointPageSchema = pageOf(endpointSchema);
export const secretSchema = z
  .object({
    secret: z.string().describe('`whsec_` and 32 bytes in base64. Keep it where you verify signatures.'),
  })
  .meta({ example: { secret: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' } });

export function toEndpointDto({
  id,
  url,
  description,
  events,
  filters,
  headerNames,
  isEnabled,
  disabledBecause,
  createdAt,
  pending,
  dead,
}: WebhookEndpoint): z.output<typeof endpointSchema> {
  return {
    id,
    url,
    description,
    events: [...events],
    filters: toFilters(filters),
    headerNames: [...headerNames],
    isEnabled,
    disabledBecause,
    createdAt: createdAt.toISOString(),
    pending,
    dead,
  };
}

const toFilters = (filters: EndpointFilters): Filters =>
  Object.fromEntries(
    Object.entries(filters as Record<string, readonly string[]>).map(([kind, of]) => [kind, [...of]]),
  );
