import { defineTool } from '@tandem/contracts';
import { z } from 'zod';

/** The longest postcode of a country, without spaces. */
const MOST_CHARACTERS = 10;

export const findZone = defineTool({
  name: 'find_zone',
  description: [
    'Finds out whether the company comes to where the caller lives, and the zone it belongs to. Call it ' +
      'before offering appointments at the caller’s place, as soon as they have said a postcode or a ' +
      'town. A postcode is better than a town: ask for it, and read it back as in "spoken".',
    'If "zone" is there, pass it to check_availability and book_appointment. If "served" is false, say so ' +
      'and offer no appointment there. If "explanation" is there, do as it says. Tell of "location" only ' +
      'when asked where the company is.',
  ].join(' '),
  place: 'worker',
  arguments: z.object({
    postcode: z
      .string()
      .trim()
      .max(40)
      .refine(isPostcode, 'must be a postcode of letters and digits, such as SW1A 1AA or 12207')
      .optional()
      .describe('As the caller said it.'),
    country: z
      .string()
      .trim()
      .toUpperCase()
      .refine((text) => /^[A-Z]{2}$/.test(text), 'must be two letters, such as US')
      .optional()
      .describe('Country of the postcode, two letters. Only if the caller named it.'),
    place: z
      .string()
      .trim()
      .max(80)
      .refine((text) => /[\p{L}\p{N}]/u.test(text), 'must be the name of a place')
      .optional()
      .describe('The town or district alone, such as Albany.'),
  }),
  cancellable: true,
  deadlineMs: 6_000,
  sentences: {
    failed:
      'It could not be looked up where the company comes to. Take the appointment without a zone, with the ' +
      'address in the notes, and say that a colleague will confirm it.',
    'timed-out':
      'It could not be looked up in time where the company comes to. Take the appointment without a zone, ' +
      'with the address in the notes, and say that a colleague will confirm it.',
  },
});

function isPostcode(text: string): boolean {
  const code = text.normalize('NFKC').replace(/[\s\-\u2010-\u2015.,]/g, '');
  return /^[A-Za-z0-9]+$/.test(code) && code.length <= MOST_CHARACTERS;
}
