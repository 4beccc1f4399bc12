import { INVISIBLE, isVisible, urgencySchema as urgencies } from '@tandem/contracts';
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

export const zoneSchema = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(63)
  .optional()
  .describe('The "zone" that find_zone gave in this call; left out where it gave none.');

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

export const localTimeSchema = z
  .string()
  .refine((text) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text), 'must be a time of day as HH:MM')
  .meta({ format: 'time' });

/** Text of one or two sentences. */
export const sentencesSchema = z.string().trim().min(1).max(600).refine(isVisible, INVISIBLE);

export const urgencySchema = urgencies
  .optional()
  .describe('emergency: danger to people or damage that goes on. Left out: normal.');

export const forWhomSchema = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .optional()
  .describe('The department or person it is for, if the caller named one.');

export const callerNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .optional()
  .describe('The caller’s name, if they gave it in this call.');

export const callerPhoneSchema = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .optional()
  .describe(
    'A number to call back, as the caller said it. Only when lookup_customer said that showsNumber ' +
      'is false: then ask for one, and read it back.',
  );

export const referenceSchema = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .optional()
  .describe('The reference of the appointment, such as K48215, if the caller has it.');

export const listedStartSchema = offsetInstantSchema
  .optional()
  .describe('The "appointment" this tool named, copied exactly, where it named one without a reference.');

export const bookedNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .optional()
  .describe('The name the appointment was booked in, as the caller says it.');
