import { z } from 'zod';
import { ownFieldsSchema } from '../own-fields.ts';

const textSchema = z
  .string()
  .min(1)
  .max(2_048)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

export const salesforceSettingsSchema = z.strictObject({
  loginUrl: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .describe('The address of My Domain, such as https://example.my.salesforce.com.'),
  apiVersion: z
    .string()
    .regex(/^\d{2,3}\.0$/, 'must be a version such as 62.0')
    .refine((version) => Number(version) >= 46, { error: 'must be 46.0 or later' })
    .default('62.0'),
  idField: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,36}__c$/, 'must be the name of a custom field, which ends in __c')
    .default('Tandem_Id__c')
    .describe('A unique external id, a text of 36 characters, in Contact, Lead and Activity.'),
  contactAs: z.enum(['Contact', 'Lead']).default('Contact').describe('What a contact is there.'),
  fields: ownFieldsSchema,
});
export type SalesforceSettings = z.output<typeof salesforceSettingsSchema>;

export const salesforceCredentialsSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('client-credentials'),
    clientId: textSchema,
    clientSecret: textSchema,
  }),
  z.strictObject({
    kind: z.literal('jwt'),
    clientId: textSchema,
    username: textSchema,
    privateKey: z.string().min(1).max(8_192).describe('PEM, RSA.'),
    audience: z.string().max(500).default('https://login.salesforce.com'),
  }),
  z.strictObject({
    kind: z.literal('refresh-token'),
    clientId: textSchema,
    clientSecret: textSchema.optional(),
    refreshToken: textSchema,
  }),
]);
export type SalesforceCredentials = z.output<typeof salesforceCredentialsSchema>;
