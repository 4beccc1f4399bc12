import { z } from 'zod';
import { languageSchema, timeZoneSchema } from '../words/locale.ts';
import { visibleText } from '../words/text.ts';

/** Fields of a business, for the API and for the command that makes the first one. */
export const tenantFields = {
  name: visibleText(120).describe('The business, as callers hear it where no agent says otherwise.'),
  // An offset such as +02:00 knows no summer time, and PostgreSQL reads its sign the other way round.
  timeZone: timeZoneSchema
    .regex(/^[A-Za-z]/, 'must be an IANA time zone, such as America/New_York')
    .describe('IANA name: the clock of opening hours, closed dates and appointments.'),
  language: languageSchema
    .nullable()
    .describe("BCP 47: callers' language where their number sets none; null for the agent's."),
};

/** A business that is set up. */
export const newTenantSchema = z.strictObject({
  ...tenantFields,
  language: tenantFields.language.default(null),
});
export type NewTenant = z.output<typeof newTenantSchema>;
