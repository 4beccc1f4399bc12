import { defineTool } from '@tandem/contracts';
import { z } from 'zod';

/** Longest entry: a card number has 19 digits at most (ISO/IEC 7812), an IBAN's digits 32. */
export const MAX_SECURE_DIGITS = 32;

/** Carried out by the session. Only tools get the digits, by reference. */
export const collectDigits = defineTool({
  name: 'collect_digits',
  description: [
    'Lets the caller type a confidential number (card, account, PIN) on their keypad. You neither hear ' +
      'nor see the digits; you get a reference to hand to the tool that needs them.',
    'The caller is told what to do; say nothing yourself. Never ask for such a number by voice, and ' +
      'never ask for a card’s security code.',
  ].join(' '),
  place: 'call',
  arguments: z.strictObject({
    purpose: z.string().trim().min(1).max(80).describe('What the number is, in a few words.'),
    max_digits: z.number().int().min(1).max(MAX_SECURE_DIGITS).describe('How many digits it has at most.'),
  }),
  cancellable: false,
  deadlineMs: 300_000,
});
