import { secretNameSchema } from '@tandem/contracts';
import type { TenantSecret } from '@tandem/database';
import { z } from 'zod';

export const secretParameterSchema = z.object({ name: secretNameSchema.meta({ example: 'CRM_TOKEN' }) });
export type SecretParameter = z.output<typeof secretParameterSchema>;

export const putSecretSchema = z
  .strictObject({
    value: z
      .string()
      .min(1)
      .max(2_048)
      .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'must be printable ASCII')
      .describe('Stored sealed; no response contains it.'),
  })
  .meta({ example: { value: 'Bearer the-token-of-your-system' } });
export type PutSecret = z.output<typeof putSecretSchema>;

export const secretSchema = z
  .object({
    name: z.string(),
    updatedAt: z.iso.datetime().describe('When its value was set last.'),
  })
  .meta({ example: { name: 'CRM_TOKEN', updatedAt: '2027-03-01T14:05:11.000Z' } });
export const secretsSchema = z.object({ items: z.array(secretSchema) });

export function toSecretDto({ name, updatedAt }: TenantSecret): z.output<typeof secretSchema> {
  return { name, updatedAt: updatedAt.toISOString() };
}
