import { CALENDAR_DETAILS, CALENDAR_KINDS } from '@tandem/calendars';
import type { CalendarConnection } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';

const passwordFields = {
  username: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[^:\r\n]+$/, 'must not have a colon'),
  password: z.string().min(1).max(1_024).describe('Stored sealed; no response contains it.'),
};

export const listConnectionsSchema = z.object(pageQuery);
export type ListConnections = z.output<typeof listConnectionsSchema>;

export const createConnectionSchema = z.strictObject({
  resource: z.uuid().describe('The resource whose calendar it is.'),
  kind: z.enum(CALENDAR_KINDS),
  address: z
    .string()
    .trim()
    .min(1)
    .max(2_048)
    .describe(
      'For `caldav` the URL of the calendar collection: https and a public address, or one in ' +
        'OUTBOUND_TRUSTED_NETWORKS. For others the id of the calendar, `primary` for the main one.',
    ),
  detail: z
    .enum(CALENDAR_DETAILS)
    .default('service')
    .describe('How much of a booking is written there; see the feed of a resource.'),
  username: passwordFields.username.optional().describe('For `caldav`.'),
  password: passwordFields.password.optional().describe('For `caldav`. Stored sealed.'),
});
export type CreateConnection = z.output<typeof createConnectionSchema>;

export const putCredentialsSchema = z.strictObject(passwordFields);
export type PutCredentials = z.output<typeof putCredentialsSchema>;

export const connectionSchema = z.object({
  id: z.uuid(),
  resource: z.uuid(),
  kind: z.string(),
  address: z.string(),
  detail: z.enum(CALENDAR_DETAILS),
  state: z
    .enum(['waiting', 'working', 'failing', 'needs-authorization'])
    .describe(
      '`waiting`: not read yet. `failing`: the last turn failed; it is tried again. ' +
        '`needs-authorization`: nothing is sent until its owner authorizes or the password is set anew.',
    ),
  lastFault: z.string().nullable().describe('What the last turn failed with.'),
  lastFaultAt: z.iso.datetime().nullable(),
  busyReadAt: z.iso.datetime().nullable().describe('How old its busy times are, which stay while it fails.'),
  pending: z.number().int().describe('Bookings that wait to be written or deleted there.'),
  createdAt: z.iso.datetime(),
});
export const connectionPageSchema = pageOf(connectionSchema);

export const authorizationSchema = z.object({
  url: z.string().describe('Where the owner of the calendar agrees. It works for ten minutes.'),
});

export const oauthCallbackSchema = z.object({
  state: z.string().max(2_048),
  code: z.string().min(1).max(4_096).optional(),
  error: z.string().max(200).optional(),
});
export type OAuthCallback = z.output<typeof oauthCallbackSchema>;

export function toConnectionDto(connection: CalendarConnection): z.output<typeof connectionSchema> {
  const { id, resourceId, kind, address, detail, lastFault, pending } = connection;
  return {
    id,
    resource: resourceId,
    kind,
    address,
    detail,
    state: stateOf(connection),
    lastFault,
    lastFaultAt: connection.lastFaultAt?.toISOString() ?? null,
    busyReadAt: connection.busyReadAt?.toISOString() ?? null,
    pending,
    createdAt: connection.createdAt.toISOString(),
  };
}

function stateOf({ state, failures, busyReadAt }: CalendarConnection) {
  if (state === 'needs-authorization') return state;
  if (failures > 0) return 'failing';
  return busyReadAt === null ? 'waiting' : 'working';
}
