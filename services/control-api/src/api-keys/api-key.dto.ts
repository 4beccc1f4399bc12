import { visibleText } from '@tandem/contracts';
import { API_SCOPES, type ApiKey, type Page } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';

const scopesSchema = z
  .array(z.enum(API_SCOPES))
  .min(1)
  .max(API_SCOPES.length)
  .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice');

export const createKeySchema = z
  .strictObject({
    name: visibleText(80).describe('Who or what uses it.'),
    scopes: scopesSchema.describe('Scopes of your own key or role, or fewer.'),
    expiresAt: z.iso
      .datetime({ offset: true })
      .refine((time) => Date.parse(time) > Date.now(), 'must be in the future')
      .nullable()
      .default(null)
      .describe('Null for a key that does not expire.'),
  })
  .meta({ example: { name: 'Reception desk', scopes: ['calls:read'] } });
export type CreateKey = z.output<typeof createKeySchema>;

export const listKeysSchema = z.object(pageQuery);
export type ListKeys = z.output<typeof listKeysSchema>;

export const apiKeySchema = z
  .object({
    id: z.uuid().describe('The `apiKeyId` of records of access.'),
    name: z.string(),
    prefix: z.string().nullable().describe('How the key begins; null for keys of older releases.'),
    scopes: z.array(z.enum(API_SCOPES)),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().describe('To the hour; null for never.'),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable().describe('Null while it may be used.'),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-800b-000000000001',
      name: 'Reception desk',
      prefix: 'tk_3f9a',
      scopes: ['calls:read'],
      createdAt: '2027-02-11T16:20:00.000Z',
      lastUsedAt: null,
      expiresAt: null,
      revokedAt: null,
    },
  });
export const apiKeyPageSchema = pageOf(apiKeySchema);
export const newKeySchema = apiKeySchema
  .extend({
    key: z.string().describe('The key itself, `tk_…`: this answer is the only place that shows it.'),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-800b-000000000001',
      name: 'Reception desk',
      prefix: 'tk_3f9a',
      scopes: ['calls:read'],
      createdAt: '2027-02-11T16:20:00.000Z',
      lastUsedAt: null,
      expiresAt: null,
      revokedAt: null,
      key: 'tk_3f9aExampleOnlyNotAKey',
    },
  });

export function toKeyDto(key: ApiKey): z.output<typeof apiKeySchema> {
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    createdAt: key.createdAt.toISOString(),
    lastUsedAt: iso(key.lastUsedAt),
    expiresAt: iso(key.expiresAt),
    revokedAt: iso(key.revokedAt),
  };
}

export function toKeyPage({ items, nextCursor }: Page<ApiKey>): z.output<typeof apiKeyPageSchema> {
  return { items: items.map(toKeyDto), nextCursor };
}
