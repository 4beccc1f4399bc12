import { z } from 'zod';
import type { WebhookBody } from '../events/business-event.ts';
import { EVENT_PATHS, fillJson, placeholdersIn } from '../tools/http-template.ts';
import type { JsonValue } from '../tools/json-value.ts';
import { valuesOf } from './generic/mapping.ts';

/* Fields of its own that a business wants filled in its CRM, beside those that Tandem fills. */

const MAX_FIELDS = 20;

const fieldsSchema = z
  .record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, 'must be letters, digits and underscores'),
    z
      .string()
      .min(1)
      .max(500)
      .refine((text) => !/[{}]/.test(text.replace(EVENT_PATHS, '')), {
        error: 'must hold no braces but paths such as {data.disposition.outcome}',
      })
      .refine((text) => placeholdersIn(text, EVENT_PATHS).every((name) => !name.startsWith('found.')), {
        error: 'must not name {found.id}',
      }),
  )
  .refine((fields) => Object.keys(fields).length <= MAX_FIELDS, `must be at most ${MAX_FIELDS}`);

/** Fields by the kind of record they are in. */
export const ownFieldsSchema = z
  .strictObject({
    contact: fieldsSchema.optional().describe('Filled by `contact.updated`.'),
    lead: fieldsSchema.optional(),
    call: fieldsSchema.optional(),
    booking: fieldsSchema.optional(),
    task: fieldsSchema.optional().describe('Filled by `staff-message.created`.'),
  })
  .default({})
  .describe('Fields of your own: a name, and a text with paths into the event in braces.');
export type OwnFields = z.output<typeof ownFieldsSchema>;

/** Returns the fields of a record with the values of an event; a field without value is left out. */
export function fillOwnFields(
  fields: Readonly<Record<string, string>> | undefined,
  event: WebhookBody,
): Record<string, JsonValue> {
  if (fields === undefined) return {};
  const values = valuesOf(Object.values(fields), event, null);
  return (fillJson(fields, values, EVENT_PATHS) ?? {}) as Record<string, JsonValue>;
}
