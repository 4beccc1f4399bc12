import { agentContentSchema, contentProblems, visibleText } from '@tandem/contracts';
import type { Agent, AgentVersion } from '@tandem/database';
import { z } from 'zod';
import { unknownFields } from './unknown-fields.ts';

/** A misspelt field is told, however deep, not dropped; and so is what cannot be meant. */
export const publishSchema = z.preprocess((given, context) => {
  const read = agentContentSchema.safeParse(given);
  for (const path of read.success ? unknownFields(given, read.data) : []) context.addIssue({ code: 'custom', path: [...path], message: 'there is no such field' });
  return given;
}, agentContentSchema.strict().superRefine((content, context) => {
  for (const { path, message } of contentProblems(content)) context.addIssue({ code: 'custom', path: [...path], message });
}));
export type PublishedContent = z.output<typeof publishSchema>;

export const createAgentSchema = z.strictObject({ name: visibleText(80) });
export type CreateAgent = z.output<typeof createAgentSchema>;

export const agentSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  publishedVersion: z.number().int().nullable().describe('The version callers get; null until one is published.'),
  createdAt: z.iso.datetime(),
});
export const agentsSchema = z.object({ items: z.array(agentSchema) });

export const listVersionsSchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Versions on a page.'),
  before: z.coerce.number().int().min(1).optional().describe('The last version of the page before.'),
});
export type ListVersions = z.output<typeof listVersionsSchema>;
export const versionParametersSchema = z.object({ id: z.uuid(), version: z.coerce.number().int().min(1).max(2_147_483_647) });

export const versionsSchema = z.object({ items: z.array(z.object({ version: z.number().int(), publishedAt: z.iso.datetime(), isPublished: z.boolean().describe('Callers get this one.') })) });
export const versionSchema = z.object({ version: z.number().int(), content: z.unknown().describe('As it was published; see docs/agents.md.') });
export const publishedSchema = z.object({ version: z.number().int(), isNew: z.boolean().describe('False when the content is that of the version callers get already.') });

export function toAgentDto({ createdAt, ...agent }: Agent): z.output<typeof agentSchema> {
  return { ...agent, createdAt: createdAt.toISOString() };
}

export function toVersionsDto(versions: readonly AgentVersion[]): z.output<typeof versionsSchema> {
  return { items: versions.map(({ publishedAt, ...version }) => ({ ...version, publishedAt: publishedAt.toISOString() })) };
}
