import { crmEventSchema, crmKindSchema, type RenderedRequest } from '@tandem/contracts';
import type { CrmConnection, CrmDelivery, Page } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';
import { DELIVERY_EXAMPLE, deliverySchema, toDeliveryDto } from '../webhooks/webhook-delivery.dto.ts';

const SETTINGS_EXAMPLE = {
  headers: { authorization: 'Bearer {secret:CRM_TOKEN}' },
  events: {
    'contact.updated': {
      send: { url: 'https://crm.example.com/people', body: { name: '{data.name}' } },
    },
  },
};

const nameSchema = z.string().trim().min(1).max(100);
const eventsSchema = z
  .array(crmEventSchema)
  .min(1)
  .max(20)
  .describe('The events that are pushed; left out: all that the connection can push.');
const settingsSchema = z
  .record(z.string(), z.unknown())
  .describe('As its kind has them: docs/crm.md. A change replaces them all.');
const credentialsSchema = z
  .record(z.string(), z.unknown())
  .describe('As its kind has them. Stored sealed; no response contains them.');

export const listConnectionsSchema = z.object(pageQuery);
export type ListConnections = z.output<typeof listConnectionsSchema>;
export const createConnectionSchema = z
  .strictObject({
    kind: crmKindSchema,
    name: nameSchema,
    events: eventsSchema.optional(),
    settings: settingsSchema,
    credentials: credentialsSchema.optional(),
    isEnabled: z.boolean().default(true),
  })
  .meta({ example: { kind: 'generic', name: 'Our CRM', settings: SETTINGS_EXAMPLE } });
export type CreateConnection = z.output<typeof createConnectionSchema>;
export const changeConnectionSchema = z
  .strictObject({
    name: nameSchema.optional(),
    events: eventsSchema.optional(),
    settings: settingsSchema.optional(),
    credentials: credentialsSchema.optional(),
    isEnabled: z.boolean().optional(),
  })
  .meta({ example: { isEnabled: false } });
export type ChangeConnection = z.output<typeof changeConnectionSchema>;

export const connectionSchema = z
  .object({
    id: z.uuid(),
    kind: crmKindSchema,
    name: z.string(),
    events: z.array(crmEventSchema),
    settings: z.record(z.string(), z.unknown()),
    hasCredentials: z.boolean(),
    isEnabled: z.boolean(),
    state: z
      .enum(['ok', 'waiting', 'failing', 'disabled'])
      .describe(
        '`waiting`: the CRM asked for a pause; `failing`: it is not reached, or refuses the credentials.',
      ),
    pausedUntil: z.iso.datetime().nullable(),
    lastError: z
      .object({
        at: z.iso.datetime(),
        fault: z.string(),
        detail: z.string().nullable().describe('The words of the CRM, cut, without personal data.'),
      })
      .nullable(),
    lastDeliveredAt: z.iso.datetime().nullable(),
    counts: z
      .object({ pending: z.number().int(), delivered: z.number().int(), dead: z.number().int() })
      .describe('Events of the last 30 days.'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-8013-000000000001',
      kind: 'generic',
      name: 'Our CRM',
      events: ['contact.updated'],
      settings: SETTINGS_EXAMPLE,
      hasCredentials: false,
      isEnabled: true,
      state: 'ok',
      pausedUntil: null,
      lastError: null,
      lastDeliveredAt: '2027-03-01T14:05:12.000Z',
      counts: { pending: 0, delivered: 42, dead: 0 },
      createdAt: '2027-02-01T09:00:00.000Z',
      updatedAt: '2027-02-01T09:00:00.000Z',
    },
  });
export const connectionPageSchema = pageOf(connectionSchema);

const crmDeliverySchema = deliverySchema
  .extend({
    lastDetail: z.string().nullable().describe('The words of the CRM, cut, without personal data.'),
  })
  .meta({ example: { ...DELIVERY_EXAMPLE, type: 'contact.updated', lastDetail: null } });
export const crmDeliveryPageSchema = pageOf(crmDeliverySchema);

export function toCrmDeliveryPage({
  items,
  nextCursor,
}: Page<CrmDelivery>): z.output<typeof crmDeliveryPageSchema> {
  return {
    items: items.map((item) => ({ ...toDeliveryDto(item), lastDetail: item.lastDetail })),
    nextCursor,
  };
}

export const previewSavedSchema = z
  .strictObject({ event: crmEventSchema })
  .meta({ example: { event: 'contact.updated' } });
export type PreviewSaved = z.output<typeof previewSavedSchema>;
export const previewSchema = z
  .strictObject({ event: crmEventSchema, settings: settingsSchema })
  .meta({ example: { event: 'contact.updated', settings: SETTINGS_EXAMPLE } });
export type Preview = z.output<typeof previewSchema>;

const requestSchema = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()).describe('Secrets stand in them by name.'),
  body: z.unknown().describe('Null for none.'),
});
export const previewedSchema = z
  .object({
    event: z.record(z.string(), z.unknown()).describe('The sample event.'),
    search: requestSchema.nullable(),
    send: requestSchema,
    update: requestSchema.nullable().describe('With `found-id` for the id of the record found.'),
  })
  .meta({
    example: {
      event: {
        id: 'evt_88888888-8888-4888-8888-888888888888',
        type: 'contact.updated',
        data: { name: 'Ada Lovelace' },
      },
      search: null,
      send: {
        method: 'POST',
        url: 'https://crm.example.com/people',
        headers: { authorization: 'Bearer {secret:CRM_TOKEN}' },
        body: { name: 'Ada Lovelace' },
      },
      update: null,
    },
  });
export type Previewed = z.output<typeof previewedSchema>;

export const toRequestDto = ({ body, ...request }: RenderedRequest): z.output<typeof requestSchema> => ({
  ...request,
  body: body === null ? null : (JSON.parse(body) as unknown),
});

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function toConnectionDto(connection: CrmConnection): z.output<typeof connectionSchema> {
  const { id, kind, name, events, settings, hasCredentials, isEnabled } = connection;
  const { pending, delivered, dead, lastFault, lastDetail, lastFaultAt } = connection;
  return {
    id,
    kind,
    name,
    events: [...events],
    settings: settings as Record<string, unknown>,
    hasCredentials,
    isEnabled,
    state: stateOf(connection),
    pausedUntil: iso(connection.pausedUntil),
    lastError:
      lastFault === null || lastFaultAt === null
        ? null
        : { at: lastFaultAt.toISOString(), fault: lastFault, detail: lastDetail },
    lastDeliveredAt: iso(connection.lastDeliveredAt),
    counts: { pending, delivered, dead },
    createdAt: connection.createdAt.toISOString(),
    updatedAt: connection.updatedAt.toISOString(),
  };
}

function stateOf({
  isEnabled,
  failures,
  pausedUntil,
}: CrmConnection): z.output<typeof connectionSchema>['state'] {
  if (!isEnabled) return 'disabled';
  if (failures > 0) return 'failing';
  return pausedUntil === null ? 'ok' : 'waiting';
}
