import { maskNumbers, visibleText } from '@tandem/contracts';
import { DateTime } from 'luxon';
import { z } from 'zod';

/** A point in time with an offset, on the minute. */
export const minuteSchema = z.iso
  .datetime({ offset: true })
  .max(40)
  .refine((text) => new Date(text).getTime() % 60_000 === 0, 'must be on a whole minute')
  .describe('ISO 8601 with offset, such as 2027-03-01T09:00:00-05:00.');

export const instantSchema = z.iso.datetime({ offset: true }).max(40).describe('ISO 8601 with offset.');

/* Free text may contain a card number, which must not be stored. */
export const nameSchema = visibleText(120).transform(maskNumbers).meta({ example: 'Alex Morgan' });
export const reasonSchema = visibleText(200).overwrite(maskNumbers);
export const notesSchema = z.string().trim().max(2000).transform(maskNumbers);
export const serviceKeySchema = z
  .string()
  .trim()
  .min(1)
  .max(63)
  .meta({ description: 'Key of a service, such as plumbing.', example: 'plumbing' });

export const zoneKeySchema = z
  .string()
  .trim()
  .min(1)
  .max(63)
  .meta({ description: 'Key of a zone, such as north.', example: 'north' });

/** Returns a time as ISO 8601 with the offset of the time zone at that time. */
export function localIso(at: Date | number, timeZone: string): string {
  const local = DateTime.fromMillis(typeof at === 'number' ? at : at.getTime(), { zone: timeZone });
  return local.toISO({ suppressMilliseconds: true }) ?? new Date(at).toISOString();
}
