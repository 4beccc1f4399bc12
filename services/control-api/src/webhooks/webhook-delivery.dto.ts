import type { Delivery, Page, ReplayResult } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';

export const stateSchema = z.enum(['pending', 'delivered', 'dead']);
export const listDeliveriesSchema = z.object({ ...pageQuery, state: stateSchema.optional() });
export type ListDeliveries = z.output<typeof listDeliveriesSchema>;

/** The delivery of an event, for the document. */
export const DELIVERY_EXAMPLE = {
  eventId: 'evt_5b0d1c2e-0000-4000-800f-000000000001',
  type: 'booking.created',
  state: 'delivered',
  attempts: 1,
  nextAttemptAt: null,
  lastStatus: 200,
  lastFault: null,
  createdAt: '2027-03-01T14:05:11.000Z',
  settledAt: '2027-03-01T14:05:12.000Z',
};

export const deliverySchema = z
  .object({
    eventId: z.string().describe('The value of `webhook-id`.'),
    type: z.string(),
    state: stateSchema,
    attempts: z.number().int(),
    nextAttemptAt: z.iso.datetime().nullable(),
    lastStatus: z.number().int().nullable().describe('HTTP status of the last response; null without one.'),
    lastFault: z.string().nullable(),
    createdAt: z.iso.datetime(),
    settledAt: z.iso.datetime().nullable(),
  })
  .meta({ example: DELIVERY_EXAMPLE });
export const deliveryPageSchema = pageOf(deliverySchema);

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
  .describe('Empty for all events that were given up.')
  .meta({ example: { from: '2027-03-01T00:00:00Z', to: '2027-03-02T00:00:00Z' } });
export type Replay = z.output<typeof replaySchema>;
export const replayedSchema = z
  .object({
    replayed: z.number().int().describe('Events that are delivered again.'),
    alreadyPending: z.number().int().describe('Selected events that wait for delivery already.'),
    unknown: z
      .number()
      .int()
      .describe('Ids without an event of this endpoint: not subscribed at the time, or older than 30 days.'),
    reason: z.string().nullable().describe('Why nothing is delivered again; null when something is.'),
  })
  .meta({ example: { replayed: 12, alreadyPending: 0, unknown: 0, reason: null } });

/** Returns the events to deliver again. */
export function toReplayRequest({ eventIds, from, to }: Replay): {
  readonly eventIds: readonly string[] | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
} {
  const time = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
  return { eventIds, from: time(from), to: time(to) };
}

/** Returns the body of a replay; its reason says why nothing is delivered again. */
export function toReplayed(
  result: ReplayResult,
  { eventIds, from, to }: Replay,
  receiver: 'endpoint' | 'connection' = 'endpoint',
): z.output<typeof replayedSchema> {
  const { replayed, alreadyPending, unknown } = result;
  if (replayed > 0) return { ...result, reason: null };
  if (alreadyPending > 0)
    return { ...result, reason: `${alreadyPending} of them wait to be delivered already.` };
  if (unknown > 0) return { ...result, reason: `This ${receiver} has no events with these ids.` };
  const isChosen = eventIds !== undefined || from !== undefined || to !== undefined;
  const none =
    `No event of this ${receiver} was given up. Name \`eventIds\`, or \`from\` and \`to\`, to have ` +
    'delivered ones sent again.';
  return { ...result, reason: isChosen ? `This ${receiver} has no events of this time.` : none };
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function toDeliveryDto(delivery: Delivery): z.output<typeof deliverySchema> {
  const { eventId, type, state, attempts, nextAttemptAt, lastStatus, lastFault } = delivery;
  return {
    eventId: `${EVENT_ID_PREFIX}${eventId}`,
    type,
    state,
    attempts,
    nextAttemptAt: iso(nextAttemptAt),
    lastStatus,
    lastFault,
    createdAt: delivery.createdAt.toISOString(),
    settledAt: iso(delivery.settledAt),
  };
}

export function toDeliveryPage({ items, nextCursor }: Page<Delivery>): z.output<typeof deliveryPageSchema> {
  return { items: items.map(toDeliveryDto), nextCursor };
}
