import { CALENDAR_DETAILS, CALENDAR_KINDS } from '@tandem/calendars';
import type { CalendarConnection } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';

const RESOURCE_ID = '7a0c1d3e-0000-4000-8002-000000000001';
const ADDRESS = 'https://calendar.example.com/maria/work/';
const CREDENTIALS_EXAMPLE = { username: 'maria', password: 'app-password-0001' };

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

export const createConnectionSchema = z
  .strictObject({
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
  })
  .meta({
    example: {
      resource: RESOURCE_ID,
      kind: 'caldav',
      address: ADDRESS,
      detail: 'service',
      ...CREDENTIALS_EXAMPLE,
    },
  });
export type CreateConnection = z.output<typeof createConnectionSchema>;

export const putCredentialsSchema = z.strictObject(passwordFields).meta({ example: CREDENTIALS_EXAMPLE });
export type PutCredentials = z.output<typeof putCredentialsSchema>;

export const connectionSchema = z
  .object({
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
    busyReadAt: z.iso
      .datetime()
      .nullable()
      .describe('How old its busy times are, which stay while it fails.'),
    pending: z.number().int().describe('Bookings that wait to be written or deleted there.'),
    createdAt: z.iso.datetime(),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-8012-000000000001',
      resource: RESOURCE_ID,
      kind: 'caldav',
      address: ADDRESS,
      detail: 'service',
      state: 'working',
      lastFault: null,
      lastFaultAt: null,
      busyReadAt: '2027-03-01T14:05:11.000Z',
      pending: 0,
      createdAt: '2027-03-01T14:00:00.000Z',
    },
  });
export const connectionPageSchema = pageOf(connectionSchema);

export const authorizationSchema = z
  .object({
    url: z.string().describe('Where the owner of the calendar agrees. It works for ten minutes.'),
  })
  .meta({
    example: { url: 'https://accounts.example.com/authorize?client_id=tandem&state=signed-state-0001' },
  });

export const oauthCallbackSchema = z.object({
  state: z.string().max(2_048).meta({ example: 'signed-state-0001' }),
  code: z.string().min(1).max(4_096).optional().meta({ example: 'code-0001' }),
  error: z.string().max(200).optional().meta({ example: 'access_denied' }),
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
