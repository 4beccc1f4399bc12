import { languageSchema } from '@tandem/contracts';
import { changeOf, keySchema, phoneSchema } from '@tandem/platform';
import { z } from 'zod';

const accessModeSchema = z
  .enum(['open', 'allow-list'])
  .describe('`open`: all callers who are not blocked. `allow-list`: members of allowedGroups only.');
const withheldSchema = z
  .enum(['accept', 'refuse'])
  .describe('Callers who withhold their number. An allow-list always refuses them.');
const unverifiedSchema = z
  .enum(['trust', 'distrust'])
  .describe(
    'Callers whose number has no STIR/SHAKEN attestation. `distrust`: they get nothing that depends on ' +
      'the number. A number that failed validation is never trusted.',
  );

export const numberSchema = z
  .object({
    id: z.uuid(),
    e164: z.string(),
    agentId: z.uuid().nullable().describe('The agent that takes the calls; null for none.'),
    isAlwaysOpen: z
      .boolean()
      .describe('Open round the clock except on closed dates; otherwise the opening hours apply.'),
    language: z.string().nullable().describe("BCP 47; null for the tenant's, else the agent's."),
    accessMode: accessModeSchema,
    allowedGroups: z.array(z.string()),
    withheldCallers: withheldSchema,
    unverifiedCallers: unverifiedSchema,
    refusalText: z.string().describe('What refused callers hear; empty for the usual sentence.'),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-800c-000000000001',
      e164: '+12025550100',
      isAlwaysOpen: false,
      agentId: '7a0c1d3e-0000-4000-800a-000000000001',
      language: 'en-US',
      accessMode: 'open',
      allowedGroups: [],
      withheldCallers: 'accept',
      unverifiedCallers: 'trust',
      refusalText: '',
    },
  });
export const numbersSchema = z.object({ items: z.array(numberSchema) });

const settings = {
  agentId: z.uuid().nullable(),
  language: languageSchema.nullable(),
  accessMode: accessModeSchema,
  allowedGroups: z.array(keySchema).max(20),
  withheldCallers: withheldSchema,
  unverifiedCallers: unverifiedSchema,
  refusalText: z.string().trim().max(500),
};

export const createNumberSchema = z
  .strictObject({
    e164: phoneSchema,
    agentId: settings.agentId.default(null),
    language: settings.language.default(null),
    accessMode: accessModeSchema.default('open'),
    allowedGroups: settings.allowedGroups.default([]),
    withheldCallers: withheldSchema.default('accept'),
    unverifiedCallers: unverifiedSchema.default('trust'),
    refusalText: settings.refusalText.default(''),
  })
  .meta({
    example: { e164: '+12025550100', agentId: '7a0c1d3e-0000-4000-800a-000000000001', language: 'en-US' },
  });
export type CreateNumber = z.output<typeof createNumberSchema>;

export const changeNumberSchema = changeOf({ ...settings, isAlwaysOpen: z.boolean() }).meta({
  example: { accessMode: 'allow-list', allowedGroups: ['regulars'] },
});
export type ChangeNumber = z.output<typeof changeNumberSchema>;
