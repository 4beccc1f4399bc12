import { visibleText } from '@tandem/contracts';
import type { Agent, AgentVersion } from '@tandem/database';
import { z } from 'zod';

const agentNameSchema = visibleText(80).describe(
  'Unique among agents that are not archived, whatever its case.',
);
export const createAgentSchema = z
  .strictObject({ name: agentNameSchema })
  .meta({ example: { name: 'Reception' } });
export type CreateAgent = z.output<typeof createAgentSchema>;

export const changeAgentSchema = z
  .strictObject({
    name: agentNameSchema.optional(),
    isArchived: z.boolean().optional().describe('An archived agent takes no calls; false restores it.'),
  })
  .refine(
    (given) => Object.values(given).some((value) => value !== undefined),
    'name at least one of name, isArchived',
  )
  .meta({ example: { name: 'Reception, evenings' } });
export type ChangeAgent = z.output<typeof changeAgentSchema>;

export const listAgentsSchema = z.object({
  archived: z.enum(['true', 'false']).default('false').describe('true for archived agents only.'),
});
export type ListAgents = z.output<typeof listAgentsSchema>;

export const agentSchema = z
  .object({
    id: z.uuid(),
    name: z.string().describe('The name operators see; callers hear the `name` of the published version.'),
    publishedVersion: z
      .number()
      .int()
      .nullable()
      .describe('The version callers get; null until one is published.'),
    archivedAt: z.iso.datetime().nullable().describe('Null while it may take calls.'),
    createdAt: z.iso.datetime(),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-800a-000000000001',
      name: 'Reception',
      publishedVersion: 3,
      archivedAt: null,
      createdAt: '2027-02-11T16:20:00.000Z',
    },
  });
export const agentsSchema = z.object({ items: z.array(agentSchema) });

export const listVersionsSchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Versions on a page.'),
  before: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_147_483_647)
    .optional()
    .describe('The last version of the page before.'),
});
export type ListVersions = z.output<typeof listVersionsSchema>;
export const versionParametersSchema = z.object({
  id: z.uuid(),
  version: z.coerce.number().int().min(1).max(2_147_483_647),
});
export type VersionParameters = z.output<typeof versionParametersSchema>;

export const versionsSchema = z
  .object({
    items: z.array(
      z.object({
        version: z.number().int(),
        publishedAt: z.iso.datetime(),
        isPublished: z.boolean().describe('Callers get this one.'),
      }),
    ),
  })
  .meta({ example: { items: [{ version: 3, publishedAt: '2027-03-01T14:05:11.000Z', isPublished: true }] } });
export const versionSchema = z
  .object({
    version: z.number().int(),
    content: z.unknown().describe('The published content; see docs/agents.md.'),
  })
  .meta({
    example: {
      version: 3,
      content: {
        name: 'Sarah',
        companyName: 'Morgan Heating',
        timeZone: 'America/New_York',
        instructions: 'Be brief and kind.',
        model: { kind: 'guided' },
      },
    },
  });
export const publishedSchema = z
  .object({
    version: z.number().int(),
    isNew: z.boolean().describe('False when callers get this content already.'),
  })
  .meta({ example: { version: 4, isNew: true } });

export function toAgentDto({ createdAt, archivedAt, ...agent }: Agent): z.output<typeof agentSchema> {
  return { ...agent, archivedAt: archivedAt?.toISOString() ?? null, createdAt: createdAt.toISOString() };
}

export function toVersionsDto(versions: readonly AgentVersion[]): z.output<typeof versionsSchema> {
  return {
    items: versions.map(({ publishedAt, ...version }) => ({
      ...version,
      publishedAt: publishedAt.toISOString(),
    })),
  };
}
