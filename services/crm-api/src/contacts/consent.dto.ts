import { consentPurposeSchema, consentStateSchema, type ConsentPurpose } from '@tandem/contracts';
import type { ContactConsent } from '@tandem/database';
import { z } from 'zod';
import { instantSchema, nameSchema } from '../http/fields.ts';

export const consentParameterSchema = z.object({ id: z.uuid(), purpose: consentPurposeSchema });
export type ConsentParameter = z.output<typeof consentParameterSchema>;

export const stateConsentSchema = z
  .strictObject({
    state: consentStateSchema,
    source: nameSchema.describe('Where it was stated, in your words, such as `web form`.'),
    at: instantSchema.optional().describe('When it was stated; now unless given.'),
  })
  .meta({ example: { state: 'granted', source: 'web form' } });
export type StateConsent = z.output<typeof stateConsentSchema>;

const statementSchema = z
  .object({
    state: consentStateSchema,
    source: z.string(),
    at: z.string(),
    callId: z.uuid().nullable().describe('The call in which it was stated.'),
  })
  .meta({ example: { state: 'granted', source: 'web form', at: '2027-03-01T14:05:11.000Z', callId: null } });

export const consentSchema = z
  .object({
    purpose: consentPurposeSchema,
    state: consentStateSchema.nullable().describe('What counts: the newest statement. Null without one.'),
    source: z.string().nullable(),
    at: z.string().nullable(),
    history: z.array(statementSchema).describe('The statements, newest first; 100 at most.'),
  })
  .meta({
    example: {
      purpose: 'marketing',
      state: 'granted',
      source: 'web form',
      at: '2027-03-01T14:05:11.000Z',
      history: [{ state: 'granted', source: 'web form', at: '2027-03-01T14:05:11.000Z', callId: null }],
    },
  });

export function toConsentDto(
  purpose: ConsentPurpose,
  statements: readonly ContactConsent[],
): z.output<typeof consentSchema> {
  const history = statements.map(({ at, ...statement }) => ({ ...statement, at: at.toISOString() }));
  const [current] = history;
  return {
    purpose,
    state: current?.state ?? null,
    source: current?.source ?? null,
    at: current?.at ?? null,
    history,
  };
}
