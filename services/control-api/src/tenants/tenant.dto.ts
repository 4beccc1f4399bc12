import { newTenantSchema, tenantFields } from '@tandem/contracts';
import type { Page, Tenant } from '@tandem/database';
import { changeOf, pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';
import { createUserSchema, invitedSchema } from '../users/user.dto.ts';
import { newKeySchema } from '../api-keys/api-key.dto.ts';

const horizonSchema = z.number().int().min(1).max(366).describe('Appointments are offered this far ahead.');

export const tenantSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    timeZone: z.string(),
    language: z.string().nullable(),
    bookingHorizonDays: horizonSchema,
    createdAt: z.iso.datetime(),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-800d-000000000001',
      name: 'Morgan Heating',
      timeZone: 'America/New_York',
      language: 'en-US',
      bookingHorizonDays: 60,
      createdAt: '2027-02-11T16:20:00.000Z',
    },
  });
export const tenantPageSchema = pageOf(tenantSchema);
export const listTenantsSchema = z.object(pageQuery);
export type ListTenants = z.output<typeof listTenantsSchema>;

export const createTenantSchema = newTenantSchema
  .extend({
    admin: createUserSchema
      .omit({ role: true })
      .optional()
      .describe('Its first user, who signs in to the console.'),
  })
  .meta({
    example: {
      name: 'Morgan Heating',
      timeZone: 'America/New_York',
      language: 'en-US',
      admin: { email: 'robin@example.com', name: 'Robin' },
    },
  });
export type CreateTenant = z.output<typeof createTenantSchema>;
export const createdTenantSchema = z.object({
  tenant: tenantSchema,
  apiKey: newKeySchema.describe('The first key of the tenant, with every scope of a tenant.'),
  admin: invitedSchema.nullable().describe('Null where none was asked for.'),
});

export const changeTenantSchema = changeOf({ ...tenantFields, bookingHorizonDays: horizonSchema }).meta({
  example: { bookingHorizonDays: 90 },
});
export type ChangeTenant = z.output<typeof changeTenantSchema>;

export function toTenantDto(tenant: Tenant): z.output<typeof tenantSchema> {
  return {
    id: tenant.id,
    name: tenant.companyName,
    timeZone: tenant.timeZone,
    language: tenant.language,
    bookingHorizonDays: tenant.bookingHorizonDays,
    createdAt: tenant.createdAt.toISOString(),
  };
}

export function toTenantPage({ items, nextCursor }: Page<Tenant>): z.output<typeof tenantPageSchema> {
  return { items: items.map(toTenantDto), nextCursor };
}
