import { DateTime } from 'luxon';
import { z } from 'zod';

/*
 * Arguments several tools take. Rules are refinements rather than patterns: the model is shown the schema in
 * every response, and a pattern for dates alone is longer than a tool's description.
 */

export const serviceSchema = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(63)
  .describe('Key of the service, such as plumbing, heating or electrical.');

export const localDateSchema = z
  .string()
  .refine(
    (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text).isValid,
    'must be an existing day as YYYY-MM-DD',
  )
  .meta({ format: 'date' });

export const offsetInstantSchema = z
  .string()
  .max(40)
  .refine(
    (text) => /T.*(Z|[+-]\d{2}:\d{2})$/i.test(text) && DateTime.fromISO(text).isValid,
    'must be ISO 8601 with an offset, such as 2027-03-01T09:00:00-05:00',
  )
  .meta({ format: 'date-time' });
