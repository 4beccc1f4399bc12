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

const NETWORK = /^(?:\d{1,3}(?:\.\d{1,3}){3}\/(?:[12]?\d|3[0-2])|[0-9a-f:]+\/(?:1[01]\d|12[0-8]|\d{1,2}))$/i;

/** CIDR blocks, separated by commas. */
export const networkList = commaList.refine(
  (networks) => networks.every((part) => NETWORK.test(part)),
  'each must be an address and a prefix, such as 10.20.0.0/16',
);
