import { z } from 'zod';
import { ownFieldsSchema } from '../own-fields.ts';

const tokenSchema = z
  .string()
  .min(1)
  .max(2_048)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

export const hubspotSettingsSchema = z.strictObject({
  baseUrl: z.string().trim().min(1).max(500).default('https://api.hubapi.com'),
  idProperty: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,99}$/, 'must be lower-case letters, digits and underscores')
    .default('tandem_id')
    .describe('A property with unique values, the same name in contacts, calls, meetings, tasks and deals.'),
  leadAs: z
    .enum(['contact', 'deal'])
    .default('contact')
    .describe('`contact`: the contact becomes a lead, with a note; `deal`: a deal is made as well.'),
  deal: z
    .strictObject({ pipeline: z.string().min(1).max(100), stage: z.string().min(1).max(100) })
    .default({ pipeline: 'default', stage: 'appointmentscheduled' })
    .describe('Pipeline and stage of new deals, by internal name.'),
  fields: ownFieldsSchema,
});
export type HubspotSettings = z.output<typeof hubspotSettingsSchema>;

export const hubspotCredentialsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('private-app'), token: tokenSchema }),
  z.strictObject({
    kind: z.literal('oauth'),
    clientId: tokenSchema,
    clientSecret: tokenSchema,
    refreshToken: tokenSchema,
  }),
]);
export type HubspotCredentials = z.output<typeof hubspotCredentialsSchema>;
