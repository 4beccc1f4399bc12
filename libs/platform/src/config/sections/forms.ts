import { z } from 'zod';

/* Value schemas of settings in several sections. */

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

/** Reads comma-separated text into its parts, without empty ones. */
export const commaList = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
