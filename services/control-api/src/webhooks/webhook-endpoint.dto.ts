import { businessEventSchema } from '@tandem/contracts';
import type { Delivery, Page, ReplayResult, WebhookEndpoint } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
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

export const listEndpointsSchema = z.object(pageQuery);
export type ListEndpoints = z.output<typeof listEndpointsSchema>;
export const createEndpointSchema = z.strictObject({
  url: urlSchema,
  events: eventsSchema.default([]),
  description: descriptionSchema.default(''),
  isEnabled: z.boolean().default(true),
  headers: headersSchema.default({}),
});
export type CreateEndpoint = z.output<typeof createEndpointSchema>;
export const changeEndpointSchema = z.strictObject({
  url: urlSchema.optional(),
  events: eventsSchema.optional(),
  description: descriptionSchema.optional(),
  isEnabled: z.boolean().optional(),
  headers: headersSchema.optional(),
});
export type ChangeEndpoint = z.output<typeof changeEndpointSchema>;

export const endpointSchema = z.object({
  id: z.uuid(),
  url: z.string(),
  description: z.string(),
  events: z.array(businessEventSchema),
  headerNames: z.array(z.string()).describe('Names of the headers sent with every event.'),
  isEnabled: z.boolean(),
  disabledBecause: z
    .enum(['operator', 'gone'])
    .nullable()
    .describe('`gone`: it answered 410. Its events wait until it is enabled again.'),
  createdAt: z.iso.datetime(),
  pending: z.number().int().describe('Events waiting for delivery.'),
  dead: z.number().int().describe('Events that were given up; `replay` sends them again.'),
});
export const endpointPageSchema = pageOf(endpointSchema);
export const secretSchema = z.object({
  secret: z.string().describe('`whsec_` and 32 bytes in base64. Keep it where you verify signatures.'),
});

export const stateSchema = z.enum(['pending', 'delivered', 'dead']);
export const listDeliveriesSchema = z.object({ ...pageQuery, state: stateSchema.optional() });
export type ListDeliveries = z.output<typeof listDeliveriesSchema>;
export const deliveryPageSchema = pageOf(
  z.object({
    eventId: z.string().describe('The value of `webhook-id`.'),
    type: z.string(),
    state: stateSchema,
    attempts: z.number().int(),
    nextAttemptAt: z.iso.datetime().nullable(),
    lastStatus: z.number().int().nullable().describe('HTTP status of the last response; null without one.'),
    lastFault: z.string().nullable(),
    createdAt: z.iso.datetime(),
    settledAt: z.iso.datetime().nullable(),
  }),
);

const EVENT_ID_PREFIX = 'evt_';
const eventIdSchema = z
  .string()
  .max(60)
  .transform((id) => (id.startsWith(EVENT_ID_PREFIX) ? id.slice(EVENT_ID_PREFIX.length) : id))
  .pipe(z.uuid());

export const replaySchema = z
  .strictObject({
    eventIds: z.array(eventIdSchema).min(1).max(1_000).optional().describe('These events, in any state.'),
    from: z.iso.datetime({ offset: true }).optional().describe('Events from this time on, in any state.'),
    to: z.iso.datetime({ offset: true }).optional().describe('Events before this time, in any state.'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    error: 'must be after `from`',
    path: ['to'],
  })
  .describe('Empty for all events that were given up.');
export type Replay = z.output<typeof replaySchema>;
export const replayedSchema = z.object({
  replayed: z.number().int().describe('Events that are delivered again.'),
  alreadyPending: z.number().int().describe('Selected events that wait for delivery already.'),
  unknown: z
    .number()
    .int()
    .describe('Ids without an event of this endpoint: not subscribed at the time, or older than 30 days.'),
  reason: z.string().nullable().describe('Why nothing is delivered again; null when something is.'),
});

/** Returns the body of a replay; its reason says why nothing is delivered again. */
export function toReplayed(
  result: ReplayResult,
  { eventIds, from, to }: Replay,
): z.output<typeof replayedSchema> {
  const { replayed, alreadyPending, unknown } = result;
  if (replayed > 0) return { ...result, reason: null };
  if (alreadyPending > 0)
    return { ...result, reason: `${alreadyPending} of them wait to be delivered already.` };
  if (unknown > 0) return { ...result, reason: 'This endpoint has no events with these ids.' };
  const isChosen = eventIds !== undefined || from !== undefined || to !== undefined;
  const none =
    'No event of this endpoint was given up. Name `eventIds`, or `from` and `to`, to have delivered ' +
    'ones sent again.';
  return { ...result, reason: isChosen ? 'This endpoint has no events of this time.' : none };
}

export function toEndpointDto({
  id,
  url,
  description,
  events,
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
    headerNames: [...headerNames],
    isEnabled,
    disabledBecause,
    createdAt: createdAt.toISOString(),
    pending,
    dead,
  };
}

export function toDeliveryPage({ items, nextCursor }: Page<Delivery>): z.output<typeof deliveryPageSchema> {
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    items: items.map((item) => ({
      ...item,
      eventId: `${EVENT_ID_PREFIX}${item.eventId}`,
      nextAttemptAt: iso(item.nextAttemptAt),
      createdAt: item.createdAt.toISOString(),
      settledAt: iso(item.settledAt),
    })),
    nextCursor,
  };
}
