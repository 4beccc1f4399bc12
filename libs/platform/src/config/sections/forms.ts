import { z } from 'zod';

/* The forms that settings of more than one section have. */

export const port = z.coerce.number('must be a number').int().min(0).max(65_535);

export const wholeNumber = (least: number, most: number) =>
  z.coerce.number('must be a number').int().min(least).max(most);

export const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1)),
      `must be a URL starting with ${protocols.map((name) => `${name}://`).join(' or ')}`,
    )
    .transform((value) => value.replace(/\/+$/, ''));

/** Text with commas, as the parts between them; empty parts are dropped. */
export const commaList = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
