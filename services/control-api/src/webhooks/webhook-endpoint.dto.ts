import { businessEventSchema } from '@tandem/contracts';
import type { Delivery, Page, WebhookEndpoint } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';

const urlSchema = z.string().trim().min(1).max(2_048).describe('https, and a public address; other networks of the deployment’s own choosing.');
const eventsSchema = z.array(businessEventSchema).max(20).describe('What it is told; empty for everything.');
const descriptionSchema = z.string().trim().max(200);

export const listEndpointsSchema = z.object(pageQuery);
export type ListEndpoints = z.output<typeof listEndpointsSchema>;
export const createEndpointSchema = z.strictObject({ url: urlSchema, events: eventsSchema.default([]), description: descriptionSchema.default(''), isEnabled: z.boolean().default(true) });
export type CreateEndpoint = z.output<typeof createEndpointSchema>;
export const changeEndpointSchema = z.strictObject({ url: urlSchema.optional(), events: eventsSchema.optional(), description: descriptionSchema.optional(), isEnabled: z.boolean().optional() });
export type ChangeEndpoint = z.output<typeof changeEndpointSchema>;

export const endpointSchema = z.object({
  id: z.uuid(),
  url: z.string(),
  description: z.string(),
  events: z.array(businessEventSchema),
  isEnabled: z.boolean(),
  disabledBecause: z.enum(['operator', 'gone']).nullable().describe('`gone`: it answered 410. What comes for it waits until it is enabled again.'),
  createdAt: z.iso.datetime(),
  pending: z.number().int().describe('Events that wait for it.'),
  dead: z.number().int().describe('Events that were given up; `replay` has them delivered after all.'),
});
export const endpointPageSchema = pageOf(endpointSchema);
export const secretSchema = z.object({ secret: z.string().describe('`whsec_` and 32 bytes in base64. Keep it where you verify signatures.') });

export const stateSchema = z.enum(['pending', 'delivered', 'dead']);
export const listDeliveriesSchema = z.object({ ...pageQuery, state: stateSchema.optional() });
export type ListDeliveries = z.output<typeof listDeliveriesSchema>;
export const deliveryPageSchema = pageOf(
  z.object({
    eventId: z.string().describe('As in `webhook-id`.'),
    type: z.string(),
    state: stateSchema,
    attempts: z.number().int(),
    nextAttemptAt: z.iso.datetime().nullable(),
    lastStatus: z.number().int().nullable().describe('Of the last answer; null when there was none.'),
    lastFault: z.string().nullable(),
    createdAt: z.iso.datetime(),
    settledAt: z.iso.datetime().nullable(),
  }),
);

const EVENT_ID_PREFIX = 'evt_';
const eventIdSchema = z.string().max(60).transform((id) => (id.startsWith(EVENT_ID_PREFIX) ? id.slice(EVENT_ID_PREFIX.length) : id)).pipe(z.uuid());

export const replaySchema = z.strictObject({ eventIds: z.array(eventIdSchema).min(1).max(1_000).optional().describe('These; absent for all that were given up.') });
export type Replay = z.output<typeof replaySchema>;
export const replayedSchema = z.object({ replayed: z.number().int() });

export function toEndpointDto({ id, url, description, events, isEnabled, disabledBecause, createdAt, pending, dead }: WebhookEndpoint): z.output<typeof endpointSchema> {
  return { id, url, description, events: [...events], isEnabled, disabledBecause, createdAt: createdAt.toISOString(), pending, dead };
}

export function toDeliveryPage({ items, nextCursor }: Page<Delivery>): z.output<typeof deliveryPageSchema> {
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
  return { items: items.map((item) => ({ ...item, eventId: `${EVENT_ID_PREFIX}${item.eventId}`, nextAttemptAt: iso(item.nextAttemptAt), createdAt: item.createdAt.toISOString(), settledAt: iso(item.settledAt) })), nextCursor };
}
